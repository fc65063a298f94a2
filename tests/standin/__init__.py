"""A stand-in for HeyGen on 127.0.0.1: the judge of tests that try to make bulkgen pay twice.

It shares no code with bulkgen and checks requests by its own tables, so that a wrong idea of the API in one of them
shows. The parts:

* `World` (`world`): the account and its money as a pure state machine with an injectable clock; no sockets, no waiting;
* `server` and `__main__`: a `World` behind real sockets, in a process of its own, rude to connections when told to;
* `StandIn` (`process`): starts and steers that process from a test;
* `VirtualWire` (`virtual`): the same `World` as an httpx transport, for tests in virtual time;
* `Ledger` (`ledger`): what was paid for, by whom and how often.

Settings are listed in `settings`, faults in `faults`, the account's templates, voices and so on in `catalogue`.
"""
