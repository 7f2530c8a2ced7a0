using System.Net;
using DrOrchestrator.Credentials;
using DrOrchestrator.Estates;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Web.Tests;

/// <summary>The first admin: a token made by whoever can write the data folder.</summary>
public sealed class MachineTokensTests
{
    private static readonly TokenRequest Admin = new("adam", null, TimeSpan.FromDays(1), "first admin");

    [Fact]
    public async Task Create_BeforeAnyServer_OpensTheServerThatStartsLater()
    {
        var folder = RunningServer.FreshFolder();

        var made = await MadeAsync(folder);
        await using var server = await RunningServer.StartAsync(folder);
        using var client = server.Client(made.Secret);
        var me = await client.GetFromJsonNodeAsync("/api/v1/me");
        var created = (await client.GetFromJsonNodeAsync("/api/v1/evidence?from=0")).AsArray().Single(record => record!["kind"]!.ToString() == "token.created")!;

        me["id"]!.ToString().Should().Be("adam");
        (created["actor"]!.ToString(), created["payload"]!["through"]!.ToString()).Should().Be(("operator", "data-folder"));
    }

    [Fact]
    public async Task Create_BesideAServerThatRuns_OpensItOnceThatHasReadItAndLeavesItRunning()
    {
        await using var server = await RunningServer.StartAsync();

        var made = await MadeAsync(server.Folder);
        await server.App.Services.GetRequiredService<TokenRoll>().RefreshAsync(default);
        using var response = await server.Client(made.Secret).GetAsync("/api/v1/tokens");

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        File.Exists(Path.Combine(server.Folder, "server.json")).Should().BeTrue("the server goes on");
    }

    [Fact]
    public async Task Revoke_OnTheMachine_EndsATokenOfAServerThatRuns()
    {
        await using var server = await RunningServer.StartAsync();
        var made = await MadeAsync(server.Folder);

        await MachineTokens.WithAsync(server.Folder, null, Samples.Estate(), desk => desk.RevokeAsync(made.Token.Id, Person.LocalOperatorId, TokenDesk.DataFolder, default));
        await server.App.Services.GetRequiredService<TokenRoll>().RefreshAsync(default);
        using var response = await server.Client(made.Secret).GetAsync("/api/v1/me");

        response.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Create_InAFolderWhoseRecordsAreElsewhere_IsRefused()
    {
        var folder = RunningServer.FreshFolder();
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "database.json"), """{"kind":"postgres","id":"x","name":"db1"}""");

        var act = () => MadeAsync(folder);

        (await act.Should().ThrowAsync<ServeException>()).Which.Failure.Should().Match<ServeFailure>(failure => failure.ExitCode == ServeFailure.Database && failure.Message.Contains("db1"));
        File.Exists(Path.Combine(folder, "dro.db")).Should().BeFalse("no second log is begun beside the records");
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<TokenResult.Made> MadeAsync(string folder) =>
        (await MachineTokens.WithAsync(folder, null, Samples.Estate(), desk => desk.CreateAsync(Admin, Person.LocalOperatorId, [], TokenDesk.DataFolder, default))).Should().BeOfType<TokenResult.Made>().Subject;
}
