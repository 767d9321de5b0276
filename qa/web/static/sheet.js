// Dialogs that come up over the page. The browser keeps the focus in them and brings it back; a
// click beside one closes it.

/** Make a dialog close on a click beside it, and when `closer` is clicked. */
export function closable(dialog, closer) {
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  closer.addEventListener("click", () => dialog.close());
}
