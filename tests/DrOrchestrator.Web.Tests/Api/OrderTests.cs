using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Stops;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Web.Tests.Api;

/// <summary>Abort, pause and resume over the wire: the actor is the token's, and the engine's refusals keep their codes.</summary>
public sealed class OrderTests
{
    [Theory]
    [InlineData("abort", RunOrder.Abort)]
    [InlineData("pause", RunOrder.Pause)]
    [InlineData("resume", RunOrder.Resume)]
    [InlineData("report", RunOrder.Report)]
    public async Task Order_WithAToken_IsSaidInItsName(string path, RunOrder order)
    {
        await using var server = await RunningServer.StartAsync();
        using var approver = server.Client(Samples.ApproverToken);

        using var response = await approver.PostAsync($"/api/v1/drills/7/{path}", Answers.Json("""{"reason":"smoke"}"""));

        ((int)response.StatusCode).Should().Be(200);
        server.Drills.Orders.Should().Equal((7, order, "anna", "smoke"));
    }

    [Theory]
    [InlineData("no-such-run", 404)]
    [InlineData("role-missing", 403)]
    [InlineData("reason-missing", 422)]
    [InlineData("already-stopped", 409)]
    [InlineData("run-closed", 409)]
    [InlineData("too-late", 409)]
    public async Task Order_ThatIsNotTaken_CarriesTheEnginesWords(string code, int status)
    {
        await using var server = await RunningServer.StartAsync(drills: drills => drills.OnOrder = _ => new AnswerResult(false, code, "why not"));
        using var approver = server.Client(Samples.ApproverToken);

        using var response = await approver.PostAsync("/api/v1/drills/7/abort", Answers.Json("""{"reason":"smoke"}"""));

        ((int)response.StatusCode).Should().Be(status);
        (await response.Problem()).Should().BeEquivalentTo(new { Code = code, Detail = "why not" });
    }

    [Fact]
    public async Task Order_WithoutAToken_IsNotHeard()
    {
        await using var server = await RunningServer.StartAsync();
        using var nobody = server.Client(null);

        using var response = await nobody.PostAsync("/api/v1/drills/7/abort", Answers.Json("""{"reason":"smoke"}"""));

        ((int)response.StatusCode).Should().Be(401);
        server.Drills.Orders.Should().BeEmpty();
    }

    [Fact]
    public async Task Start_LinkedRun_SaysWhichRunItCloses()
    {
        await using var server = await RunningServer.StartAsync(drills: drills => drills.Runs.Add(Samples.Run(outcome: "open")));
        using var client = server.Operator();

        using var response = await client.PostAsync("/api/v1/drills", Answers.Json("""{"plan":"quickstart-failover","mode":"real","reason":"back","closes":3}"""));

        ((int)response.StatusCode).Should().Be(201);
        server.Drills.Requests.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Closes = 3L, Mode = RunMode.Real, Source = StartSource.Person });
    }
}
