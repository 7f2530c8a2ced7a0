using Dapper;
using DrOrchestrator.Credentials;
using DrOrchestrator.Storage;
using DrOrchestrator.Testing.Credentials;
using DrOrchestrator.Testing.Evidence;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Testing.Storage;
using DrOrchestrator.Tests.Postgres;
using DrOrchestrator.Time;

namespace DrOrchestrator.Tests.Storage;

public sealed class SqlitePersonTokensTests() : SqlPersonTokensTests(new TemporaryDatabase());

[Collection(PostgresCollection.Name)]
public sealed class PostgresPersonTokensTests(MigratedPostgres server) : SqlPersonTokensTests(new TemporaryDatabase(server));

public abstract class SqlPersonTokensTests : PersonTokensContract
{
    private readonly StoredEvidence _evidence;
    private readonly StoredEvidence.SecondProcess _second;

    protected SqlPersonTokensTests(TemporaryDatabase temporary)
    {
        _evidence = new StoredEvidence(temporary);
        _second = _evidence.Second();
    }

    /// <summary>Rows of before migration 190: only who made each token is on record, not with which one.</summary>
    [Fact]
    public async Task ReadAsync_OfTokensFromBeforeChainsWereKept_CountsEverybodyWhoMayBeInOne()
    {
        await AddAsync("adam", "operator");
        await AddAsync("yan", "adam");
        await AddAsync("chen", "yan");
        await AddAsync("yan", "eve");
        using (var connection = _evidence.Database.Open())
        {
            connection.Execute("UPDATE person_token SET makers = NULL");
        }

        var tokens = (await Tokens.ReadAsync(default)).Select(kept => kept.Token).ToList();

        tokens.Select(token => string.Join(',', token.Makers)).Should().Equal("operator", "adam,operator", "yan,adam,operator", "eve");
        tokens.Select(token => token.MakersKnown).Should().Equal(true, false, false, false);

        Task<PersonToken> AddAsync(string person, string by) =>
            Tokens.AddAsync(new PersonToken(0, person, null, null, by, Now, Now.AddDays(90), null, null, null), TokenText.Hash($"{person} {by}"), TokenDesk.Api, default);
    }

    /// <summary>Rows of the release before migration 222: the data folder, where every chain begins, was left out of them.</summary>
    [Fact]
    public async Task Migrate_ChainsWithoutTheirEnd_AreCompletedToWhoeverOwnsTheDataFolder()
    {
        await AddAsync("adam", "operator");
        await AddAsync("chen", "adam");
        await AddAsync("zhao", "adam");
        await AddAsync("yan", "eve");
        using (var connection = _evidence.Database.OpenToWrite())
        {
            connection.Execute("DELETE FROM schema_version WHERE version = 222");
            connection.Execute("""UPDATE person_token SET makers = '[]' WHERE person = 'adam'""");
            connection.Execute("""UPDATE person_token SET makers = '["adam"]' WHERE person = 'chen'""");
            connection.Execute("""UPDATE person_token SET makers = '["adam","operator"]' WHERE person = 'zhao'""");
            connection.Execute("""UPDATE person_token SET makers = '["eve"]' WHERE person = 'yan'""");
        }

        new Migrator(_evidence.Database).Run();
        var tokens = (await Tokens.ReadAsync(default)).Select(kept => kept.Token).ToList();

        tokens.Select(token => string.Join(',', token.Makers)).Should().Equal("operator", "adam,operator", "adam,operator", "eve");
        tokens.Select(token => token.MakersKnown).Should().Equal(true, false, true, false);

        Task<PersonToken> AddAsync(string person, string by) =>
            Tokens.AddAsync(new PersonToken(0, person, null, null, by, Now, Now.AddDays(90), null, null, null), TokenText.Hash($"{person} {by}"), TokenDesk.Api, default);
    }

    protected override IPersonTokens Tokens => new SqlPersonTokens(_evidence.Database, _evidence.Gate, _evidence.Store, new ProcessClock(_evidence.Time));

    protected override IPersonTokens Other => new SqlPersonTokens(_second.Database, _second.Gate, _second.Store, new ProcessClock(_evidence.Time));

    protected override DateTimeOffset Now => _evidence.Time.GetUtcNow();

    protected override async Task<IReadOnlyList<(string Kind, string Actor, string Payload)>> EvidenceAsync() =>
        [.. (await _evidence.Store.ReadAsync(null, 0, 100, default)).Skip(1).Select(record => (record.Kind, record.Actor, record.Payload.ToJsonString()))];

    public override void Dispose()
    {
        _second.Dispose();
        _evidence.Dispose();
        GC.SuppressFinalize(this);
    }
}
