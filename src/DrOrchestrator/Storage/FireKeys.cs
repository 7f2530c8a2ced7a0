using Dapper;
using DrOrchestrator.Time;

namespace DrOrchestrator.Storage;

/// <summary>Takes a time of the calendar inside a transaction: what makes it at most once, whoever fires.</summary>
internal static class FireKeys
{
    /// <summary>
    /// False, and nothing written, where this time or a later one of its schedule is taken: times pass in order, so a node that slept cannot come back with an old one.
    /// Nothing comes between the look and the row, because transactions write one at a time.
    /// </summary>
    public static bool Claim(WriteScope scope, string schedule, DateTimeOffset fireTime, DateTimeOffset claimedAt, string outcome, long? run = null, string? text = null, string? gates = null)
    {
        var parameters = new { schedule, fireTime = fireTime.ToUnixMicros(), claimedAt = claimedAt.ToUnixMicros(), outcome, run, text, gates };
        if (scope.Connection.ExecuteScalar<long>("SELECT COUNT(*) FROM calendar_fire WHERE schedule = @schedule AND fire_time >= @fireTime", parameters, scope.Transaction) > 0)
        {
            return false;
        }

        scope.Connection.Execute(
            "INSERT INTO calendar_fire (schedule, fire_time, claimed_at, outcome, run, text, gates) VALUES (@schedule, @fireTime, @claimedAt, @outcome, @run, @text, @gates)",
            parameters,
            scope.Transaction);
        return true;
    }
}
