using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using DrOrchestrator.Credentials;
using DrOrchestrator.Estates;
using Microsoft.AspNetCore.Builder;

namespace DrOrchestrator.Web.Tests;

/// <summary>From the first admin's token to the word in a run, with nothing played: the server as <c>dro serve</c> composes it, its API, its engine, its records.</summary>
public sealed class TokensInARunTests : IAsyncLifetime
{
    private WatchedEstate _estate = null!;

    public async Task InitializeAsync()
    {
        _estate = await WatchedEstate.StartAsync();
        _estate.Replace(
            "  - { id: verifier, name: Verifier, department: Payments, roles: [business-verifier] }",
            """
              - { id: verifier, name: Verifier, department: Payments, roles: [business-verifier] }
              - { id: second, name: Second, department: Payments, roles: [business-verifier] }
              - { id: adam, name: Adam, department: IT, roles: [admin, operator] }
            """);
    }

    public async Task DisposeAsync() => await _estate.DisposeAsync();

    [Fact]
    public async Task AnAdmin_WhoAsksForARunAndMakesTheTokenOfItsApprover_IsRefused_AndWhatTheDataFolderMadeForBothIsToBeReviewed()
    {
        var options = _estate.Options("data");
        var estate = Estate.None with { People = [Samples.Person("adam", "x", PersonRole.Admin, PersonRole.Operator), Samples.Person("second", "y", PersonRole.BusinessVerifier)] };
        var adam = await MadeOnTheMachineAsync(options.DataFolder, estate, "adam");
        var second = await MadeOnTheMachineAsync(options.DataFolder, estate, "second");
        await using var app = ServerBuilder.Build(options);
        await app.StartAsync();
        using var admin = Client(options, adam);
        using var made = await admin.PostAsync("/api/v1/tokens", Answers.Json("""{"person":"verifier"}"""));
        using var verifier = Client(options, JsonNode.Parse(await made.Content.ReadAsStringAsync())!["token"]!.ToString());
        using var other = Client(options, second);
        using var started = await admin.PostAsync("/api/v1/drills", Answers.Json("""{"plan":"verify","mode":"live","reason":"test"}"""));
        started.IsSuccessStatusCode.Should().BeTrue(await started.Content.ReadAsStringAsync());
        await UntilAsync(admin, run => run["pending"]!.AsArray().Count == 1);

        using var own = await verifier.PostAsync($"/api/v1/drills/1/answers/{WatchedEstate.Task}", Answers.Json("""{"confirmed":true}"""));
        using var taken = await other.PostAsync($"/api/v1/drills/1/answers/{WatchedEstate.Task}", Answers.Json("""{"confirmed":true}"""));
        var closed = await UntilAsync(admin, run => run["closedAt"] is not null);

        own.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        var problem = await own.Problem();
        (problem.Code, problem.Detail).Should().Be(("own-run", "The token of verifier was made by adam, who asked for this run; answer with one that somebody else made."));
        taken.StatusCode.Should().Be(HttpStatusCode.OK);
        closed["requesterTokenMakers"]!.AsArray().Single()!.ToString().Should().Be("operator");
        closed["toBeReviewed"]!.GetValue<bool>().Should().BeTrue();
        closed["overrides"]!.AsArray().Single()!["text"]!.ToString().Should()
            .Be("'business-verification' rests on the words of adam, second, and operator had a hand in both their tokens: one person may have said both.");
        await app.StopAsync();
    }

    private static async Task<JsonNode> UntilAsync(HttpClient client, Func<JsonNode, bool> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var run = await client.GetFromJsonNodeAsync("/api/v1/drills/1");
            if (holds(run))
            {
                return run;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
        }
    }

    private static async Task<string> MadeOnTheMachineAsync(string folder, Estate estate, string person) =>
        (await MachineTokens.WithAsync(
            folder, null, estate, desk => desk.CreateAsync(new TokenRequest(person, null, TimeSpan.FromDays(1), null), Person.LocalOperatorId, [], TokenDesk.DataFolder, default)))
        .Should().BeOfType<TokenResult.Made>().Subject.Secret;

    private static HttpClient Client(ServeOptions options, string token) =>
        new() { BaseAddress = new Uri(ServerFile.Read(options.DataFolder)!.Url), DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
}
