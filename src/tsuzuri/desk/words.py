"""What the line's own words are called in front of a clerk. Touches only the nouns."""

from __future__ import annotations

from datetime import datetime, timedelta

from tsuzuri.errors import TsuzuriError
from tsuzuri.model import RunStep, Severity, Step
from tsuzuri.store.questions import Wish

STEPS = {
    Step.OPEN: ("受付中", "calm"),
    Step.CLOSED: ("締切", "calm"),
    Step.REVIEW: ("● 要確認", "warn"),
    Step.CLEAN: ("− 指摘なし", "calm"),
    Step.APPROVED: ("✓ 承認", "good"),
    Step.RETURNED: ("↩ 返戻", "bad"),
    Step.EXPORTED: ("✓ 連携済", "good"),
    Step.FILED: ("✓ 綴込済", "good"),
    Step.RECEIVED: ("読取待ち", "calm"),
    Step.OPENED: ("読取中", "calm"),
    Step.BLANK: ("白紙", "calm"),
    Step.BOUND: ("読取済", "calm"),
    Step.READ: ("読取済", "calm"),
    Step.SEPARATOR: ("区切り紙", "calm"),
    Step.WAITING: ("… 続き待ち", "calm"),
    Step.MERGED: ("綴じ込み済", "calm"),
}
SEVERITIES = {
    Severity.F: ("■", "不受理", "bad"),
    Severity.E: ("▲", "エラー", "bad"),
    Severity.W: ("●", "注意", "warn"),
    Severity.I: ("ｉ", "情報", "calm"),
}
ACCOUNT_KINDS = {"1": "普通", "2": "当座", "4": "貯蓄", "9": "その他"}
RUNS = {
    RunStep.BEGUN: ("… 作成中", "warn"),
    RunStep.PREPARED: ("● 承認待ち", "warn"),
    RunStep.RELEASED: ("… 引き渡し中", "warn"),
    RunStep.SENT: ("✓ 引き渡し済", "good"),
    RunStep.WITHDRAWN: ("↩ 取り下げ", "bad"),
}
FILES = {"fixed": "固定長（cp932）", "csv": "CSV", "counts": "統計", "records": "記録（CSV）", "held": "保留の一覧",
         "returned": "返戻一覧", "zengin": "総合振込（全銀）", "notices": "支払決定通知書（PDF）", "notice_list": "支払明細（CSV）"}
ROLES = {"clerk": "担当者", "adjudicator": "裁定者", "supervisor": "監督者", "auditor": "監査"}
MODES = {"sheet": "一枚ごと", "run": "項目ごと", "carpet": "数字の一覧", "second": "ブラインド入力", "judge": "裁定",
         "sample": "抜き取り検査"}
ACTIONS = {
    "correct": "確認・補正",
    "approve": "承認",
    "give_back": "返戻",
    "agreed": "二人の入力が一致",
    "differed": "二人の入力が不一致",
    "illegible": "判読できないと記録",
    "judge": "裁定",
    "key_again": "裁定：入力し直し",
    "name_form": "帳票を選択",
    "reopen": "返戻の取消",
    "take_back": "確認の取消",
    "join": "綴じ込み",
    "merged": "前の書類に綴じ込み",
    "split": "切り離し",
    "blot": "個人番号の黒塗り",
    "found_wrong": "抜き取り検査で誤り",
    "ask_senior": "監督者に判断を依頼",
    "ask_rescan": "再スキャンを依頼",
    "answer": "依頼への回答",
    "correct_sent": "訂正のため再開（連携済）",
    "unapprove": "承認の取消",
    "move": "ページの移動",
    "split_off": "切り離して新しい書類に",
}

WISHES = {Wish.SENIOR: "要判断", Wish.RESCAN: "再スキャン待ち"}

# What to do, by an error's stable code. The errors' own sentences are for operators and machines.
SAYS = {
    "lured": "確かめ用に変えた値のまま進もうとしました。何も保存していません。読み取りの値に戻したので、紙と見比べてください。",
    "leased": "ほかの担当者がこの書類を処理中です。",
    "stale_version": "この書類はほかの人が先に保存しました。画面の値と保存済みの値を見比べてください。",
    "no_such_move": "この書類はもう先へ進んでいて、この操作はできません。受付一覧から開き直してください。",
    "not_found": "見つかりません。番号が違うか、見る権限がありません。",
    "not_allowed": "この操作をする権限がありません。必要なときは監督者に頼んでください。",
    "not_authenticated": "しばらく操作がなかったため、ログアウトしました。",
    "bad_token": "画面が古くなっています。再読み込みしてから、もう一度操作してください。",
    "nothing_to_undo": "この確認は取り消せません。書類を開いて直してください。",
    "disk_full": "サーバーの空き容量がありません。管理者に知らせてください。入力は消さずにお待ちください。",
    "same_person": "すでに承認しています。もう一人の承認は、別の人が行ってください。",
    "already_told": "この操作はすでに済んでいます。受付一覧から開き直してください。",
}
STUCK = "サーバーが混み合っています。少し待って、もう一度操作してください。"
BROKEN = "思わぬ不具合が起きました。受付一覧に戻ってもう一度試し、続くときは管理者に知らせてください。"


def says(error: TsuzuriError) -> str:
    """The sentence for a clerk: by code, else the error's own where it is Japanese already."""
    if error.code in SAYS:
        return SAYS[error.code]
    if not error.message.isascii():
        return error.message
    return STUCK if error.retry else BROKEN


def age(since: datetime, now: datetime) -> str:
    """How long a paper has been waiting, in the coarsest unit that says something."""
    waited = max(now - since, timedelta())
    if waited < timedelta(minutes=1):
        return "たった今"
    if waited < timedelta(hours=1):
        return f"{waited.seconds // 60}分"
    if waited < timedelta(days=1):
        return f"{waited.seconds // 3600}時間"
    return f"{waited.days}日"
