// Programs that the tests run colour what goes into a pipe, too, where `CI` or `FORCE_COLOR` is set.
delete process.env.FORCE_COLOR;
process.env.NO_COLOR = '1';
