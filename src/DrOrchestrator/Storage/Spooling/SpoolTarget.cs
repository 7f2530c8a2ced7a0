using Dapper;
using DrOrchestrator.Evidence;
using DrOrchestrator.Time;
using System.Text.Json.Nodes;

namespace DrOrchestrator.Storage.Spooling;

/// <summary>Where records end up; a seam for the tests' failing databases.</summary>
internal interface ISpoolTarget
{
    /// <summary>Applies records in order, each once however often it is brought, in one transaction.</summary>
    Task ApplyAsync(IReadOnlyList<SpoolRecord> records);
}

/// <summary>The database, each record together with its number.</summary>
internal sealed class SpoolTarget(WriteGate gate, ITransactionalEvidence evidence) : ISpoolTarget
{
    private const int SubjectsNamed = 1000;

    public Task ApplyAsync(IReadOnlyList<SpoolRecord> records) => gate.WriteAsync(
        scope =>
        {
            foreach (var record in records.Where(record => IsNew(scope, record)))
            {
                Apply(scope, record);
            }
        },
        CancellationToken.None);

    /// <summary>Whether the record is not there yet. It also takes the writer's row, so that an earlier attempt still on its way is waited for and then seen.</summary>
    private static bool IsNew(WriteScope scope, SpoolRecord record) => scope.Connection.Execute(
        """
        INSERT INTO spool_position (writer, number) VALUES (@Writer, @Number)
        ON CONFLICT (writer) DO UPDATE SET number = excluded.number WHERE spool_position.number < excluded.number
        """,
        new { record.Writer, record.Number },
        scope.Transaction) == 1;

    private void Apply(WriteScope scope, SpoolRecord record)
    {
        if (record.Timeline is { } batch)
        {
            SqlTimelineStore.Write(scope, batch);
        }

        if (record.Exposures.Count > 0)
        {
            SqlExposureStore.Write(scope, record.Exposures);
        }

        SqlSynchronyStore.Write(scope, record.Synchrony);
        if (record.Loss is { } loss)
        {
            evidence.AppendWithin(scope, new EvidenceDraft(loss.To is null ? "server.spool-full" : "server.spool-overflowed", "system", null, null, new JsonObject
            {
                ["from"] = loss.From.ToRfc3339(),
                ["to"] = loss.To?.ToRfc3339(),
                ["probes"] = loss.Subjects.Count,
                ["probeNames"] = new JsonArray([.. loss.Subjects.Take(SubjectsNamed).Select(subject => JsonValue.Create(subject))]),
            }));
        }
    }
}
