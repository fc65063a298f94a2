"""Links: what they lead to, before they are sent; and the files behind them, once HeyGen has made them."""
