using Dapper;
using DrOrchestrator.Availability;
using DrOrchestrator.Availability.Sights;
using DrOrchestrator.Storage;
using DrOrchestrator.Testing.Availability.Sights;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Testing.Storage;
using DrOrchestrator.Tests.Postgres;

namespace DrOrchestrator.Tests.Storage;

public sealed class SqliteSightStoreTests() : SqlSightStoreTests(new TemporaryDatabase(), shared: false);

[Collection(PostgresCollection.Name)]
public sealed class PostgresSightStoreTests(MigratedPostgres server) : SqlSightStoreTests(new TemporaryDatabase(server), shared: true)
{
    [Fact]
    public async Task WriteAsync_WhileAnotherWriterStandsStill_IsThere()
    {
        using var other = Database.OpenToWrite();
        using var standing = Database.BeginAlone(other);

        (await Store.WriteAsync(new VantageBeat("dc-b", "e", 1, "h", 0, 0, DateTimeOffset.UnixEpoch), [], default)).Should().Be(SightWrite.Kept);

        (await Store.ReadAsync(new Dictionary<string, VantageBeat>(), default)).Should().ContainSingle();
    }

    [Fact]
    public async Task WriteAsync_ByAProcessWithoutTheTurn_IsThereAndLeavesEverythingElseAlone()
    {
        // The deciding server has the turn; a lookout never asks for it.
        using var server = (PostgresDatabase)Another();
        server.Turn("dro test").Ensure();

        (await Store.WriteAsync(new VantageBeat("dc-b", "e", 1, "h", 0, 0, DateTimeOffset.UnixEpoch), [new Sight("p", IntervalState.Up, null, null, "")], default)).Should().Be(SightWrite.Kept);

        using var connection = Database.Open();
        connection.ExecuteScalar<long>("SELECT (SELECT COUNT(*) FROM timeline_interval) + (SELECT COUNT(*) FROM write_marker)").Should().Be(0);
    }

    [Fact]
    public async Task WriteAsync_WithTheRightsOfALookout_IsThereAndNothingElseCanBeWritten()
    {
        var role = $"lookout_{Guid.NewGuid():N}";
        using (var owner = Database.Open())
        {
            owner.Execute($"CREATE ROLE {role} LOGIN; GRANT SELECT, INSERT, UPDATE ON vantage_beat, vantage_sight TO {role}; GRANT DELETE ON vantage_sight TO {role}");
        }

        using var narrow = new PostgresDatabase(Connection.Replace("Username=postgres", $"Username={role}", StringComparison.Ordinal));
        var store = new SqlSightStore(narrow);
        var beat = new VantageBeat("dc-b", "e", 1, "h", 0, 0, DateTimeOffset.UnixEpoch);
        var sight = new Sight("p", IntervalState.Up, null, null, "");

        (await store.WriteAsync(beat, [sight], default)).Should().Be(SightWrite.Kept);
        (await store.WriteAsync(beat with { Number = 2 }, [sight], default)).Should().Be(SightWrite.Kept);
        (await store.WriteAsync(beat with { Epoch = "f" }, [sight], default)).Should().Be(SightWrite.Kept);

        using var connection = narrow.Open();
        connection.Invoking(c => c.Execute("DELETE FROM timeline_observed")).Should().Throw<Npgsql.PostgresException>().Which.SqlState.Should().Be("42501");
        using (var owner = Database.Open())
        {
            owner.Execute($"DROP OWNED BY {role}; DROP ROLE {role}");
        }
    }
}

public abstract class SqlSightStoreTests(TemporaryDatabase temporary, bool shared) : SightStoreContract, IDisposable
{
    protected override ISightStore Store => new SqlSightStore(temporary.Database);

    protected Database Database => temporary.Database;

    protected string Connection => temporary.Connection;

    protected Database Another() => temporary.Another();

    [Fact]
    public void IsShared_OnlyWhereOtherMachinesReachIt() => Store.IsShared.Should().Be(shared);

    [Fact]
    public async Task ReadAsync_AfterAReopening_IsWhatWasWritten()
    {
        await Store.WriteAsync(new VantageBeat("dc-b", "e", 1, "h", 0, 0, DateTimeOffset.UnixEpoch), [new Sight("p", IntervalState.Up, null, null, "fine")], default);

        temporary.Reopen();

        (await Store.ReadAsync(new Dictionary<string, VantageBeat>(), default)).Single().Sights.Should().Equal(new Sight("p", IntervalState.Up, null, null, "fine"));
    }

    public void Dispose()
    {
        temporary.Dispose();
        GC.SuppressFinalize(this);
    }
}
