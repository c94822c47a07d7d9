"""``python -m bot.demo``."""

from bot.demo.cli import main

if __name__ == "__main__":
    main()
