const vscode = require("vscode");
exports.activate = (context) => {
  const mark = vscode.window.createTextEditorDecorationType({ backgroundColor: "#ff02" });
  const paint = (e) => {
    if (!e) return;
    const at = [...e.document.getText().matchAll(/TODO|FIXME/g)].map((m) => new vscode.Range(e.document.positionAt(m.index), e.document.positionAt(m.index + 4)));
    e.setDecorations(mark, at);
  };
  context.subscriptions.push(vscode.window.onDidChangeActiveTextEditor(paint));
  paint(vscode.window.activeTextEditor);
};
