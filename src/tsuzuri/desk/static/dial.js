// 精度目標: another form is shown as soon as it is chosen; nothing else here needs a script.
const which = document.getElementById("which");
which.addEventListener("change", () => which.requestSubmit());
