using Dapper;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Time;

namespace DrOrchestrator.Storage;

/// <summary>Stretches of synchrony.</summary>
internal sealed class SqlSynchronyStore(Database database, WriteGate gate) : ISynchronyStore
{
    public Task SaveAsync(IReadOnlyList<SynchronyInterval> intervals, CancellationToken cancellationToken) =>
        gate.WriteAsync(scope => Write(scope, intervals), cancellationToken);

    public IReadOnlyList<SynchronyInterval> Read(string system, string standby, DateTimeOffset from, DateTimeOffset to)
    {
        using var connection = database.Open();
        return
        [
            .. connection.Query<(string State, long From, long To, string Reason)>(
                """
                SELECT state, from_at, to_at, reason FROM synchrony_interval
                WHERE system = @system AND standby = @standby AND from_at < @to AND to_at >= @from ORDER BY from_at
                """,
                new { system, standby, from = from.ToUnixMicros(), to = to.ToUnixMicros() })
                .Select(row => new SynchronyInterval(
                    system, standby, Enum.Parse<Synchrony>(row.State), Micros.FromUnixMicros(row.From), Micros.FromUnixMicros(row.To), row.Reason)),
        ];
    }

    /// <summary>Writes inside a transaction that holds more.</summary>
    internal static void Write(WriteScope scope, IReadOnlyList<SynchronyInterval> intervals)
    {
        foreach (var interval in intervals)
        {
            scope.Connection.Execute(
                """
                INSERT INTO synchrony_interval (system, standby, from_at, to_at, state, reason) VALUES (@System, @Standby, @From, @To, @State, @Reason)
                ON CONFLICT (system, standby, from_at) DO UPDATE SET to_at = excluded.to_at WHERE excluded.to_at > synchrony_interval.to_at
                """,
                new { interval.System, interval.Standby, From = interval.From.ToUnixMicros(), To = interval.To.ToUnixMicros(), State = interval.State.ToString(), interval.Reason },
                scope.Transaction);
        }
    }
}
