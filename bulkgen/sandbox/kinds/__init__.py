"""One file for each kind of job: what the pretend HeyGen refuses in its request, what it orders, and what it tells.

A class here takes the `Account` (and the `Assets` where it needs them) and has `calls`: those of the API that it
answers. A new kind is a file here, and its name in `bulkgen.sandbox.world`; what shares the call of videos has a file
with `judge`, and its name in `videos`.
"""
