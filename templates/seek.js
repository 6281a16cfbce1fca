/* "/" leads to the search page from every other one; there it leads into the box. */
"use strict";
document.addEventListener("keydown", (event) => {
	const typing = event.target.closest && event.target.closest("input, select, textarea, [contenteditable]");
	if (event.key !== "/" || typing || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
	event.preventDefault();
	document.querySelector("a.seek").click();
});
