"""The words by which a form names what an electronic record tells (`fact`). Touches nothing; a function for each: uke/facts.py."""

from __future__ import annotations

FACTS: dict[str, str] = {
    "month": "診療（調剤）年月",
    "claimed": "請求年月",
    "recipient_no": "この市の公費の受給者番号",
    "payer_no": "この市の公費の負担者番号",
    "name": "氏名",
    "kana": "カタカナ氏名",
    "sex": "男女区分（1 男、2 女）",
    "birth": "生年月日",
    "insurer_no": "保険者番号",
    "symbol": "被保険者証の記号",
    "number": "被保険者証の番号",
    "branch": "枝番",
    "relation": "レセプト種別の下1桁（本人・未就学・家族・高齢）",
    "ratio": "負担割合（割）",
    "care": "入院、外来、歯科、調剤",
    "days": "診療実日数か処方箋受付回数",
    "points": "この市の公費の対象点数",
    "fee": "対象点数×10円",
    "copay": "対象点数から計算した一部負担金",
    "kougaku": "一部負担金のうち高額療養費として保険者が負担する額",
    "other_public": "先順位の公費が負担する額",
    "paid": "受給者が窓口で負担した額",
    "amount": "この市が負担する額",
    "limit_class": "特記事項の所得区分（ア〜オ）",
    "inst_code": "医療機関コード10桁",
    "inst_name": "医療機関の名称",
    "inst_phone": "医療機関の電話番号",
    "rx_inst": "処方箋を発行した医療機関のコード10桁",
}
