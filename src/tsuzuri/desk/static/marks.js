// What a field's state looks like: a shape and a word, and the tone that goes with them.

export const MARK = {
  auto: ["− 自動", "calm"], blank: ["□ 記入なし", "calm"], pending: ["● 要確認", "warn"],
  done: ["✓ 確認済", "good"], bad: ["▲ エラー", "bad"], changed: ["✎ 未保存", "warn"],
  blind: ["◐ 二人入力", "calm"], asked: ["↑ 依頼済", "calm"],
};
