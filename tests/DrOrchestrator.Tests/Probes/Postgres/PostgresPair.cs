using DrOrchestrator.Testing.Postgres;
using Npgsql;

namespace DrOrchestrator.Tests.Probes.Postgres;

/// <summary>A primary with a streaming standby, and what the probes' tests need in it.</summary>
public sealed class PostgresPair : IAsyncLifetime
{
    public const string Table = "CREATE TABLE dro_probe (probe text PRIMARY KEY, written_at timestamptz NOT NULL, nonce text NOT NULL)";

    public PostgresServer Primary { get; private set; } = null!;

    public PostgresServer Standby { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Primary = await PostgresServer.StartNewAsync();
        await Primary.ExecuteAsync(
            Table,
            "CREATE ROLE few LOGIN CONNECTION LIMIT 1",
            "CREATE ROLE poor LOGIN",
            "CREATE ROLE secretive LOGIN PASSWORD 'open sesame'",
            "CREATE DATABASE reading");
        await using (var reading = new NpgsqlConnection(Primary.ConnectionTo("reading")))
        {
            await reading.OpenAsync();
            await using var command = new NpgsqlCommand(Table, reading);
            await command.ExecuteNonQueryAsync();
        }

        await Primary.ExecuteAsync("ALTER DATABASE reading SET default_transaction_read_only = on");
        await PostgresServer.RunAsync("/bin/sh", "-c", "printf '%s\\n' 'host all secretive 127.0.0.1/32 scram-sha-256' | cat - \"$1\" > \"$1.new\" && mv \"$1.new\" \"$1\"", "sh", Path.Combine(Primary.DataFolder, "pg_hba.conf"));
        await Primary.ExecuteAsync("SELECT pg_reload_conf()");
        Standby = await Primary.AddStandbyAsync("dr");
        await Standby.BackendAsync("walreceiver");
    }

    public async Task DisposeAsync() => await Primary.DisposeAsync();
}
