using DrOrchestrator.Credentials;
using DrOrchestrator.Estates;
using DrOrchestrator.Testing.Credentials;
using DrOrchestrator.Time;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Credentials;

public sealed class TokenDeskTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero));
    private readonly MemoryPersonTokens _store;
    private readonly TokenRoll _roll;
    private readonly TokenDesk _desk;
    private readonly EstateHolder _estates;

    public TokenDeskTests()
    {
        var clock = new ProcessClock(_time);
        var estate = Estate.None with { People = [new Person("chen", "Chen", "IT", [PersonRole.Approver, PersonRole.Viewer], null, false), new Person("nils", "Nils", "IT", [], null, false)] };
        _store = new MemoryPersonTokens(clock);
        _roll = new TokenRoll(_store, clock);
        _estates = new EstateHolder(estate);
        _desk = new TokenDesk(_store, _roll, _estates, clock, NullLogger<TokenDesk>.Instance);
    }

    [Theory]
    [InlineData(null, "operator")]
    [InlineData("nils", "nils")]
    public async Task Create_WithATokenThatOthersMade_KeepsTheChainOfMakers_ToWhoeverOwnsTheDataFolder(string? named, string end)
    {
        _estates.Swap(_estates.Current with { LocalOperator = named });

        var result = await _desk.CreateAsync(new TokenRequest("chen", null, TimeSpan.FromDays(1), null), "yan", ["adam", Person.LocalOperatorId], TokenDesk.Api, default);

        result.Should().BeOfType<TokenResult.Made>().Which.Token.Makers.Should().Equal("yan", "adam", end);
        (await _desk.ListAsync(default)).Single().Makers.Should().Equal("yan", "adam", end);
    }

    [Fact]
    public async Task CreateAsync_OfAPerson_OpensUntilItExpires()
    {
        var made = await MadeAsync(TimeSpan.FromHours(1));

        _roll.Find(TokenText.Hash(made.Secret)).Should().Be(made.Token);
        _time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromMilliseconds(1));
        _roll.Find(TokenText.Hash(made.Secret)).Should().NotBeNull();
        _time.Advance(TimeSpan.FromMilliseconds(1));
        _roll.Find(TokenText.Hash(made.Secret)).Should().BeNull("its time is over to the millisecond");
    }

    [Fact]
    public async Task RevokeAsync_OfAToken_EndsItAtOnce()
    {
        var made = await MadeAsync(TimeSpan.FromDays(90));

        var revoked = await _desk.RevokeAsync(made.Token.Id, "adam", TokenDesk.Api, default);

        revoked!.RevokedBy.Should().Be("adam");
        _roll.Find(TokenText.Hash(made.Secret)).Should().BeNull();
    }

    [Theory]
    [InlineData("chan", null, 90, "no-such-person", "The estate has no person 'chan'; nearest: chen.*")]
    [InlineData("nils", null, 90, "no-role", "*opens nothing*")]
    [InlineData("chen", PersonRole.Operator, 90, "role-not-held", "chen is not operator in the estate; a token narrows*Allowed: approver, viewer.")]
    [InlineData("chen", null, 0, "lifetime", "*366 days*")]
    [InlineData("chen", null, 367, "lifetime", "*366 days*")]
    public async Task CreateAsync_WhatATokenMayNotBe_IsRefusedAndNotKept(string person, PersonRole? role, int days, string code, string detail)
    {
        var result = await _desk.CreateAsync(new TokenRequest(person, role is { } one ? [one] : null, TimeSpan.FromDays(days), null), "adam", [], TokenDesk.Api, default);

        var refusal = result.Should().BeOfType<TokenResult.Refused>().Subject.Refusal;
        refusal.Code.Should().Be(code);
        refusal.Detail.Should().Match(detail);
        (await _store.ReadAsync(default)).Should().BeEmpty();
    }

    [Fact]
    public async Task FlushAsync_AfterAUse_WritesWhenItWas()
    {
        var made = await MadeAsync(TimeSpan.FromDays(90));
        _time.Advance(TimeSpan.FromMinutes(3));
        _roll.Used(made.Token);

        await _roll.FlushAsync(default);

        (await _desk.ListAsync(default)).Single().LastUsedAt.Should().Be(_time.GetUtcNow());
    }

    [Fact]
    public async Task ToString_OfWhatWasMade_DoesNotHoldTheToken()
    {
        var made = await MadeAsync(TimeSpan.FromDays(90));

        made.Secret.Should().MatchRegex("^dro_[-_A-Za-z0-9]{43}$");
        made.ToString().Should().Be("token 1 of chen");
    }

    private async Task<TokenResult.Made> MadeAsync(TimeSpan lifetime) =>
        (await _desk.CreateAsync(new TokenRequest("chen", null, lifetime, null), "adam", [], TokenDesk.Api, default)).Should().BeOfType<TokenResult.Made>().Subject;
}
