using DrOrchestrator.Credentials;
using DrOrchestrator.Estates;
using DrOrchestrator.Testing.Storage;
using FluentAssertions;
using Xunit;

namespace DrOrchestrator.Testing.Credentials;

/// <summary>What every <see cref="IPersonTokens"/> must keep.</summary>
public abstract class PersonTokensContract : IDisposable
{
    private static readonly DateTimeOffset Made = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);

    /// <summary>The store under test, empty.</summary>
    protected abstract IPersonTokens Tokens { get; }

    /// <summary>The same store as a second process opens it.</summary>
    protected abstract IPersonTokens Other { get; }

    /// <summary>Kind, actor and payload of what went on record, without what a log begins with.</summary>
    protected abstract Task<IReadOnlyList<(string Kind, string Actor, string Payload)>> EvidenceAsync();

    protected abstract DateTimeOffset Now { get; }

    public abstract void Dispose();

    [Fact]
    public async Task AddAsync_Token_ComesBackAsItWasFromTheOtherProcessToo()
    {
        var asked = Token("chen") with { Roles = [PersonRole.Viewer, PersonRole.BusinessVerifier], Note = "值班手机" };

        var added = await Tokens.AddAsync(asked, Hash(1), TokenDesk.Api, default);

        added.Should().BeEquivalentTo(asked with { Id = 1 });
        (await Other.ReadAsync(default)).Should().ContainSingle().Which.Should().BeEquivalentTo(new KeptToken(asked with { Id = 1 }, Hash(1)));
    }

    [Fact]
    public async Task AddAsync_SameHashTwice_IsRefused()
    {
        await Tokens.AddAsync(Token("chen"), Hash(1), TokenDesk.Api, default);

        await Other.Invoking(other => other.AddAsync(Token("wang"), Hash(1), TokenDesk.Api, default)).Should().ThrowAsync<Exception>("two people with one token could not be told apart");

        (await Tokens.ReadAsync(default)).Should().ContainSingle();
    }

    [Fact]
    public async Task AddAsync_ManyAtOnceFromTwoProcesses_GivesEachItsOwnNumber()
    {
        var added = await AtOnce.RunAsync(8, index => (index % 2 == 0 ? Tokens : Other).AddAsync(Token($"p{index}"), Hash(index), TokenDesk.Api, default));

        added.Select(token => token.Id).Should().BeEquivalentTo([1L, 2, 3, 4, 5, 6, 7, 8]);
    }

    [Fact]
    public async Task RevokeAsync_ByTwo_NamesTheFirstAndIsOnRecordOnce()
    {
        var added = await Tokens.AddAsync(Token("chen"), Hash(1), TokenDesk.Api, default);

        var first = await Tokens.RevokeAsync(added.Id, "adam", TokenDesk.Api, default);
        var second = await Other.RevokeAsync(added.Id, "eve", TokenDesk.DataFolder, default);

        first.Should().BeEquivalentTo(added with { RevokedBy = "adam", RevokedAt = Now });
        second.Should().BeEquivalentTo(first);
        (await Tokens.RevokeAsync(99, "adam", TokenDesk.Api, default)).Should().BeNull();
        (await EvidenceAsync()).Select(record => (record.Kind, record.Actor)).Should().Equal(("token.created", "adam"), ("token.revoked", "adam"));
    }

    [Fact]
    public async Task Evidence_OfATokensLife_HoldsNeitherTokenNorHash()
    {
        var added = await Tokens.AddAsync(Token("chen"), Hash(1), TokenDesk.Api, default);
        await Tokens.RevokeAsync(added.Id, "adam", TokenDesk.Api, default);

        (await EvidenceAsync()).Should().OnlyContain(record => !record.Payload.Contains(Hash(1)));
    }

    [Fact]
    public async Task NoteUsesAsync_AnOlderUse_MovesNothingBack()
    {
        var added = await Tokens.AddAsync(Token("chen"), Hash(1), TokenDesk.Api, default);

        await Tokens.NoteUsesAsync(new Dictionary<long, DateTimeOffset> { [added.Id] = Made.AddHours(2) }, default);
        await Other.NoteUsesAsync(new Dictionary<long, DateTimeOffset> { [added.Id] = Made.AddHours(1), [99] = Made }, default);

        (await Tokens.ReadAsync(default)).Single().Token.LastUsedAt.Should().Be(Made.AddHours(2));
    }

    private static PersonToken Token(string person) => new(0, person, null, null, "adam", Made, Made.AddDays(90), null, null, null);

    private static string Hash(int number) => TokenText.Hash($"token {number}");
}
