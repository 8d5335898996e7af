"""`python -m periodic_tui`."""

from periodic_tui.cli import main

if __name__ == "__main__":
    main()
