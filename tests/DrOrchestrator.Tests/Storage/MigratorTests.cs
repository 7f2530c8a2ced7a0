using Dapper;
using DrOrchestrator.Storage;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Testing.Storage;
using DrOrchestrator.Tests.Postgres;
using Npgsql;

namespace DrOrchestrator.Tests.Storage;

public sealed class SqliteMigratorTests : MigratorTests, IDisposable
{
    private readonly string _folder = Path.Combine(AppContext.BaseDirectory, "work", Guid.NewGuid().ToString("N"));

    public SqliteMigratorTests() => Directory.CreateDirectory(_folder);

    protected override Database Open() => new SqliteDatabase(Path.Combine(_folder, "dro.db"));

    public void Dispose()
    {
        using (var connection = (Microsoft.Data.Sqlite.SqliteConnection)Open().Open())
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearPool(connection);
        }

        Directory.Delete(_folder, recursive: true);
    }
}

[Collection(PostgresCollection.Name)]
public sealed class PostgresMigratorTests(MigratedPostgres server) : MigratorTests, IDisposable
{
    private readonly string _name = server.NewEmptyDatabase();
    private readonly List<PostgresDatabase> _opened = [];

    protected override Database Open()
    {
        _opened.Add(new PostgresDatabase(server.ConnectionTo(_name)));
        return _opened[^1];
    }

    public void Dispose()
    {
        _opened.ForEach(database => database.Dispose());
        server.Drop(_name);
    }

    [Fact]
    public async Task Run_AsAnOwnerWhoIsNoSuperuser_KeepsNoRightToChangeEvidence()
    {
        await server.Server.ExecuteAsync("CREATE ROLE dro_owner LOGIN", $"ALTER DATABASE {_name} OWNER TO dro_owner", "GRANT ALL ON SCHEMA public TO dro_owner");
        using var database = new PostgresDatabase($"Host=127.0.0.1;Port={server.Server.Port};Username=dro_owner;Database={_name}");
        await using (var admin = new NpgsqlConnection(server.ConnectionTo(_name)))
        {
            await admin.ExecuteAsync("GRANT ALL ON SCHEMA public TO dro_owner");
        }

        new Migrator(database).Run();

        using var connection = database.Open();
        foreach (var sql in new[] { "UPDATE evidence_record SET kind = ''", "DELETE FROM evidence_object", "TRUNCATE evidence_checkpoint", "DELETE FROM drill_journal", "TRUNCATE timeline_interval" })
        {
            connection.Invoking(c => c.Execute(sql)).Should().Throw<PostgresException>().Where(refused => refused.SqlState == PostgresErrorCodes.InsufficientPrivilege, sql);
        }
    }
}

public abstract class MigratorTests
{
    /// <summary>The same empty database, opened anew.</summary>
    protected abstract Database Open();

    [Fact]
    public void Run_Twice_DoesNothingTheSecondTime()
    {
        new Migrator(Open()).Run().Should().BePositive();

        new Migrator(Open()).Run().Should().Be(0);
    }

    [Fact]
    public async Task Run_ByTwoProcessesAtOnce_DoesEachMigrationOnce()
    {
        var ran = await AtOnce.RunAsync(2, _ => Task.FromResult(new Migrator(Open()).Run()));

        using var connection = Open().Open();
        ran.Sum().Should().Be((int)connection.ExecuteScalar<long>("SELECT COUNT(*) FROM schema_version"));
    }

    [Fact]
    public void Run_DatabaseOfANewerProgram_IsRefusedAndNotTouched()
    {
        var database = Open();
        new Migrator(database).Run();
        using (var connection = database.Open())
        {
            connection.Execute("INSERT INTO schema_version (version, name) VALUES (999, '999-later')");
        }

        var run = () => new Migrator(Open()).Run();

        run.Should().Throw<DatabaseUnfitException>().WithMessage($"The database {database.Name} has schema version 999; this program knows up to *. Start the newer program, *");
    }
}
