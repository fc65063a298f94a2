"""HeyGen for the tests: the sandbox's own world, made rude, with two judges that know nothing of bulkgen.

What HeyGen has and does is said once, in `bulkgen.sandbox`. Here are:

* `World` (`world`): that world, with an injectable clock, faults around it, and its money in a ledger; no sockets;
* `judge`: every request and every answer against HeyGen's own schemas;
* `Ledger` (`ledger`): what was paid for, by whom and how often;
* `server`: a `World` behind real sockets, rude to connections when told to;
* `Nearby` (`thread`): serves it from a thread of the test's process, which takes no time to start;
* `StandIn` (`process`) and `__main__`: a process of its own, started and steered by a test that forks;
* `VirtualWire` (`virtual`): the same `World` as an httpx transport, for tests in virtual time.

Settings are listed in `settings`, faults in `faults`, the account's templates, voices and so on in `catalogue`.
"""
