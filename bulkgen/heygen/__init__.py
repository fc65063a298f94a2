"""HeyGen's v3 API over httpx: calls, what an answer means, the account's lists, the key. Knows nothing of sheets."""
