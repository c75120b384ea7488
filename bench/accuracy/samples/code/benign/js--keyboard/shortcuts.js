document.addEventListener("keydown", (e) => {
  if (e.ctrlKey && e.key === "k") { e.preventDefault(); openPalette(); }
});
navigator.clipboard.writeText(location.href);
