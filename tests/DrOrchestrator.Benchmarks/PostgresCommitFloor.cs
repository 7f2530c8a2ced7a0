using Npgsql;

namespace DrOrchestrator.Benchmarks;

/// <summary>What the same server takes for two durable commits and nothing else: one row of the given size each, over one connection.</summary>
internal sealed class PostgresCommitFloor : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;

    private PostgresCommitFloor(NpgsqlConnection connection) => _connection = connection;

    public static async Task<PostgresCommitFloor> OpenAsync(string connectionText)
    {
        var connection = new NpgsqlConnection(connectionText);
        await connection.OpenAsync();
        await using var create = new NpgsqlCommand("CREATE TABLE line (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, data BYTEA NOT NULL)", connection);
        await create.ExecuteNonQueryAsync();
        return new PostgresCommitFloor(connection);
    }

    /// <summary>Milliseconds of each pair of commits.</summary>
    public async Task<IReadOnlyList<double>> MeasureAsync(int pairs, int bytesPerCommit)
    {
        await using var insert = new NpgsqlCommand("INSERT INTO line (data) VALUES ($1)", _connection) { Parameters = { new NpgsqlParameter { Value = new byte[bytesPerCommit] } } };
        await insert.PrepareAsync();
        var taken = new List<double>();
        for (var pair = 0; pair < pairs; pair++)
        {
            var began = TimeProvider.System.GetTimestamp();
            await insert.ExecuteNonQueryAsync();
            await insert.ExecuteNonQueryAsync();
            taken.Add(TimeProvider.System.GetElapsedTime(began).TotalMilliseconds);
        }

        return taken;
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
