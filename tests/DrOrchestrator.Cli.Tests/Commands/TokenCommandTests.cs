using System.Text.Json.Nodes;
using DrOrchestrator.Testing.Plans;

namespace DrOrchestrator.Cli.Tests.Commands;

/// <summary><c>dro token</c> on the machine, as whoever sets a server up for the first time uses it.</summary>
public sealed class TokenCommandTests : IDisposable
{
    private readonly EstateFolderBuilder _estate = RealKindsPlan.NewEstate();

    private string Data => Path.Combine(_estate.Root, "data");

    [Fact]
    public async Task Create_OnTheMachine_PrintsTheTokenAloneAndOnce()
    {
        var made = await RunAsync("create", "chen", "--role", "approver", "--expires", "7d", "--note", "phone");
        var listed = await RunAsync("list", "--output", "json");

        made.ExitCode.Should().Be(ExitCodes.Fine);
        made.Out.Should().MatchRegex("^dro_[-_A-Za-z0-9]{43}\r?\n$");
        made.Error.Should().StartWith("Token 1 of chen, good until 2").And.NotContain(made.Out.Trim());
        listed.Out.Should().NotContain(made.Out.Trim());
        var token = JsonNode.Parse(listed.Out)!.AsArray().Single()!;
        (token["person"]!.ToString(), token["state"]!.ToString(), token["createdBy"]!.ToString(), token["note"]!.ToString()).Should().Be(("chen", "active", "operator", "phone"));
        token["roles"]!.AsArray().Select(role => role!.ToString()).Should().Equal("approver");
    }

    [Fact]
    public async Task Revoke_OnTheMachine_ShowsInTheList()
    {
        await RunAsync("create", "chen");

        var revoked = await RunAsync("revoke", "1");
        var missing = await RunAsync("revoke", "2");
        var listed = await RunAsync("list");

        revoked.Out.TrimEnd().Should().Be("Token 1 of chen is revoked.");
        (missing.ExitCode, missing.Error.TrimEnd()).Should().Be((ExitCodes.Usage, "dro: There is no token 2."));
        listed.Out.Should().Contain("revoked by operator").And.Contain("all of the person");
    }

    [Theory]
    [InlineData("chan", "approver", "nearest: chen")]
    [InlineData("chen", "admin", "chen is not admin in the estate")]
    public async Task Create_WhatTheEstateDoesNotGive_IsAUsageError(string person, string role, string says)
    {
        var ran = await RunAsync("create", person, "--role", role);

        ran.ExitCode.Should().Be(ExitCodes.Usage);
        ran.Out.Should().BeEmpty();
        ran.Error.Should().Contain(says);
    }

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _estate.Dispose();
    }

    private Task<Ran> RunAsync(params string[] args) => Shell.RunAsync(["token", .. args, "--data", Data, "--estate", _estate.Folder]);
}
