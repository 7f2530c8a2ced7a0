using Dapper;

namespace DrOrchestrator.Storage;

/// <summary>
/// Forgets hours that are too old, also those of probes that are gone or have another name now. Hours have no index by time, they are asked for by probe only: so it goes from probe
/// to probe, some at a time, and begins again after the last. Not safe for concurrent use: the write gate sees to that.
/// </summary>
internal sealed class OldProbeHours
{
    private const int ProbesAtOnce = 60;

    /// <summary>A few hundredths of a second of work.</summary>
    private const int RowsAtOnce = 1000;

    private string _after = "";

    /// <summary>How many rows of hours before <paramref name="line"/> it forgot.</summary>
    public int Forget(WriteScope scope, long line)
    {
        // One step down the key for each probe, however many hours it has.
        var probes = scope.Connection.Query<string>(
            """
            WITH RECURSIVE named(probe, step) AS (
                SELECT MIN(probe), 1 FROM probe_hour WHERE probe > @after
                UNION ALL
                SELECT (SELECT MIN(h.probe) FROM probe_hour AS h WHERE h.probe > named.probe), named.step + 1 FROM named WHERE named.probe IS NOT NULL AND named.step < @atOnce)
            SELECT probe FROM named WHERE probe IS NOT NULL ORDER BY probe
            """,
            new { after = _after, atOnce = ProbesAtOnce },
            scope.Transaction).ToList();
        var forgotten = 0;
        foreach (var probe in probes)
        {
            var atOnce = RowsAtOnce - forgotten;
            var rows = scope.Connection.Execute(
                """
                DELETE FROM probe_hour WHERE (probe, hour, epoch) IN
                    (SELECT probe, hour, epoch FROM probe_hour WHERE probe = @probe AND hour < @line ORDER BY hour, epoch LIMIT @atOnce)
                """,
                new { probe, line, atOnce },
                scope.Transaction);
            forgotten += rows;
            if (rows == atOnce)
            {
                // There may be more of this one: the next time begins with it.
                return forgotten;
            }

            _after = probe;
        }

        if (probes.Count < ProbesAtOnce)
        {
            _after = "";
        }

        return forgotten;
    }
}
