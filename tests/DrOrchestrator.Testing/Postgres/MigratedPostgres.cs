using System.Collections.Concurrent;
using DrOrchestrator.Storage;
using Npgsql;
using Xunit;

namespace DrOrchestrator.Testing.Postgres;

/// <summary>
/// One real server for all tests of an assembly that keep something in PostgreSQL (a collection fixture), and a migrated database of its own for each of them, copied
/// from a template.
/// </summary>
public sealed class MigratedPostgres : IAsyncLifetime
{
    private const string Template = "dro_template";
    private readonly ConcurrentBag<Task> _drops = [];
    private PostgresServer? _server;
    private int _made;

    /// <summary>The server itself, e.g. to end a session from outside.</summary>
    public PostgresServer Server => _server ?? throw new InvalidOperationException("The fixture has not started.");

    public async Task InitializeAsync()
    {

        // A synchronous standby that never comes: only transactions that ask for it (SET LOCAL synchronous_commit = 'on') wait for it, on disk here.
        _server = await PostgresServer.StartNewAsync("max_connections = 100", "synchronous_standby_names = 'nobody'", "synchronous_commit = local");
        await _server.ExecuteAsync($"CREATE DATABASE {Template}");
        using var database = new PostgresDatabase(_server.ConnectionTo(Template));
        new Migrator(database).Run();
    }

    public async Task DisposeAsync()
    {
        await Task.WhenAll(_drops);
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    /// <summary>Makes a database that has all tables and no rows; returns its name.</summary>
    public string NewDatabase() => New(Template);

    /// <summary>Makes a database without a table; returns its name.</summary>
    public string NewEmptyDatabase() => New("template1");

    /// <summary>Removes it, whoever is still in it, while the next test is under way.</summary>
    public void Drop(string name) => _drops.Add(Task.Run(() => Execute($"DROP DATABASE {name} WITH (FORCE)")));

    /// <summary>To a database, with a small pool, as the product opens one.</summary>
    public string ConnectionTo(string name) => $"Host=127.0.0.1;Port={Server.Port};Username=postgres;Database={name}";

    private string New(string template)
    {
        var name = $"dro_{Interlocked.Increment(ref _made)}";
        Execute($"CREATE DATABASE {name} TEMPLATE {template}");
        return name;
    }

    private void Execute(string sql)
    {
        using var connection = new NpgsqlConnection(Server.ConnectionString);
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }
}
