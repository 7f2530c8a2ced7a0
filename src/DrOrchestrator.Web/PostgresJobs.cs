using DrOrchestrator.Storage;
using Hangfire.PostgreSql;
using Npgsql;

namespace DrOrchestrator.Web;

/// <summary>Hangfire's queue in the same PostgreSQL, in tables of its own (schema <c>hangfire</c>): every server process takes jobs from it.</summary>
internal static class PostgresJobs
{
    public static PostgreSqlStorage Open(PostgresDatabase database) => new(
        new Connections(database.Source),
        new PostgreSqlStorageOptions
        {
            // Workers hear of a job at once; the poll is for a notification that was missed.
            EnableLongPolling = true,
            QueuePollInterval = TimeSpan.FromSeconds(2),

            // A job whose worker died is taken by another after this; a living one renews it. The run itself is guarded by its lease, never by the queue.
            UseSlidingInvisibilityTimeout = true,
            InvisibilityTimeout = TimeSpan.FromSeconds(30),
            EnableTransactionScopeEnlistment = false,
        });

    private sealed class Connections(NpgsqlDataSource source) : IConnectionFactory
    {
        public NpgsqlConnection GetOrCreateConnection() => source.CreateConnection();
    }
}
