using System.Net;

namespace DrOrchestrator.Web.Tests.Security;

public sealed class AccessTests
{
    public static TheoryData<string, string> Everything => new()
    {
        { "GET", "/" },
        { "GET", "/drills" },
        { "GET", "/drills/7" },
        { "GET", "/drills/7/diff/8" },
        { "GET", "/calendar" },
        { "GET", "/systems/ledger" },
        { "GET", "/jobs" },
        { "GET", "/jobs/servers" },
        { "GET", "/metrics" },
        { "GET", "/api/v1/status" },
        { "GET", "/api/v1/systems/ledger/timeline" },
        { "GET", "/api/v1/plans" },
        { "GET", "/api/v1/plans/quickstart-failover" },
        { "POST", "/api/v1/drills" },
        { "GET", "/api/v1/drills" },
        { "GET", "/api/v1/drills/7" },
        { "GET", "/api/v1/drills/7/events" },
        { "GET", "/api/v1/drills/7/diff/8" },
        { "GET", "/api/v1/drills/7/progress" },
        { "GET", "/api/v1/calendar" },
        { "GET", "/api/v1/probes" },
        { "GET", "/api/v1/probes/ledger-posting" },
        { "GET", "/api/v1/pending" },
        { "POST", "/api/v1/drills/7/answers/x" },
        { "GET", "/api/v1/evidence" },
        { "POST", "/api/v1/evidence/packs" },
        { "GET", "/api/v1/me" },
        { "GET", "/api/v1/tokens" },
        { "POST", "/api/v1/tokens" },
        { "DELETE", "/api/v1/tokens/1" },
        { "GET", "/no/such/page" },
        { "DELETE", "/api/v1/drills/7" },
    };

    [Theory]
    [MemberData(nameof(Everything))]
    public async Task Call_WithoutToken_Is401(string method, string path)
    {
        await using var server = await RunningServer.StartAsync();
        using var client = server.Client(null);

        using var response = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        response.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        response.Headers.WwwAuthenticate.ToString().Should().Be("Bearer");
        (await response.Problem()).Code.Should().Be("not-signed-in");
    }

    [Theory]
    [InlineData("Bearer wrong")]
    [InlineData("Basic b3BlcmF0b3I6eA==")]
    [InlineData("Bearer")]
    public async Task Call_WithAWrongToken_Is401(string authorization)
    {
        await using var server = await RunningServer.StartAsync();
        using var client = server.Client(null);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/me");
        request.Headers.TryAddWithoutValidation("Authorization", authorization);

        using var response = await client.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        (await response.Problem()).Code.Should().Be("unknown-token");
    }

    [Theory]
    [InlineData(Samples.ViewerToken, 200, 403, 403)]
    [InlineData(Samples.ApproverToken, 200, 403, 403)]
    [InlineData(Samples.AuditorToken, 200, 403, 200)]
    [InlineData(Samples.AdminToken, 200, 403, 200)]
    [InlineData(null, 200, 201, 200)]
    [InlineData(Samples.NobodyToken, 403, 403, 403)]
    public async Task Roles_ForEachKindOfCall_AreAsWritten(string? token, int read, int start, int export)
    {
        await using var server = await RunningServer.StartAsync(drills: drills => drills.Runs.Add(Samples.Run(outcome: "open")));
        using var client = server.Client(token ?? server.OperatorToken);

        using var reading = await client.GetAsync("/api/v1/status");
        using var starting = await client.PostAsync("/api/v1/drills", Answers.Json("""{"plan":"p","mode":"live","reason":"r"}"""));
        using var exporting = await client.PostAsync("/api/v1/evidence/packs", Answers.Json("{}"));

        ((int)reading.StatusCode, (int)starting.StatusCode, (int)exporting.StatusCode).Should().Be((read, start, export));
    }

    [Fact]
    public async Task Start_ByAViewer_SaysWhichRoleIsNeeded()
    {
        await using var server = await RunningServer.StartAsync();
        using var client = server.Client(Samples.ViewerToken);

        using var response = await client.PostAsync("/api/v1/drills", Answers.Json("""{"plan":"p","mode":"live","reason":"r"}"""));

        (await response.Problem()).Should().BeEquivalentTo(new { Code = "role-missing", Detail = "vera is viewer; this needs operator." });
    }

    [Fact]
    public async Task SignIns_FailingTooOften_AreThrottledAndLoggedWithoutTheToken()
    {
        await using var server = await RunningServer.StartAsync();
        using var wrong = server.Client("a-secret-that-is-wrong");
        for (var attempt = 0; attempt < 10; attempt++)
        {
            using var refused = await wrong.GetAsync("/api/v1/me");
            refused.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        }

        using var throttled = await wrong.GetAsync("/api/v1/me");
        using var right = await server.Operator().GetAsync("/api/v1/me");

        throttled.StatusCode.Should().Be(HttpStatusCode.TooManyRequests);
        throttled.Headers.RetryAfter!.Delta!.Value.TotalSeconds.Should().BeInRange(1, 60);
        (await throttled.Problem()).Code.Should().Be("too-many-sign-ins");
        right.StatusCode.Should().Be(HttpStatusCode.OK, "a broken script on this machine must not lock the operator out");
        server.Errors.ToString().Should().Contain("A sign-in from 127.0.0.1 failed at /api/v1/me").And.Contain("more are answered 429").And.NotContain("a-secret");
    }

    [Fact]
    public async Task Person_RemovedFromTheEstate_IsOutAtOnce()
    {
        await using var server = await RunningServer.StartAsync();
        using var client = server.Client(Samples.ViewerToken);
        using var before = await client.GetAsync("/api/v1/me");
        var estates = (DrOrchestrator.Estates.EstateHolder)server.App.Services.GetService(typeof(DrOrchestrator.Estates.EstateHolder))!;
        estates.Swap(estates.Current with { People = [] });

        using var after = await client.GetAsync("/api/v1/me");

        before.StatusCode.Should().Be(HttpStatusCode.OK);
        after.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
    }
}
