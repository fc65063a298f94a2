"""HeyGen's webhooks: their endpoint, the server that takes deliveries, and how running batches hear of them."""
