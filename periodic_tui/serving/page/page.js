// Keys go to the terminal from the start, without a click.
addEventListener("load", () => document.querySelector(".xterm-helper-textarea").focus());
