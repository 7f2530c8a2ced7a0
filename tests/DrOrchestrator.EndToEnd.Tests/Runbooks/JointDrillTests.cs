using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using DrOrchestrator.EndToEnd.Harness;

namespace DrOrchestrator.EndToEnd.Runbooks;

/// <summary>The joint drills that are shipped, in a real lab: each holds an effect that is seen from outside the run.</summary>
[Collection(nameof(OneAtATime))]
public sealed class JointDrillTests
{
    [Fact]
    public Task Ddos_SourcesAreCutOffAtTheFrontDoor_AndUsersAreServedWhileTheAttackGoesOn() => WorkFolder.UseAsync(async folder =>
    {
        await using LabProcess lab = await LabProcess.StartAsync(Path.Combine(folder, "lab"));
        await using ServerProcess server = await ServerProcess.StartAsync(lab.Estate, Path.Combine(folder, "data"));
        using var user = new HttpClient { BaseAddress = lab.FrontDoor, Timeout = TimeSpan.FromSeconds(2) };
        bool? servedBefore = null, servedAfter = null;

        using ApiClient api = server.Client(lab.People.Requester);
        await SteadyState.WaitAsync(api);

        // Nobody declares before the attack was felt from outside.
        await using var personas = new Personas(server, lab.People, item => item.Name == "declare" && servedBefore is null);
        DrillRun run = await DrillRun.FollowAsync(server, lab.People, await api.StartAsync("joint-ddos"), async happened =>
        {
            if (happened is { Kind: "step.outcome", Step: "detect" })
            {
                servedBefore = await IsServedAsync(user);
            }
            else if (happened is { Kind: "step.outcome", Step: "confirm" })
            {
                servedAfter = await IsServedAsync(user);
            }
        });

        run.View.Outcome.Should().Be("passed", run.View.Failure);
        servedBefore.Should().BeFalse("the attack holds every place");
        servedAfter.Should().BeTrue("its sources are cut off");
        run.View.Measurement!.Rto!.Planned.Should().BeFalse();
        run.View.Measurement.Rto.Restored.Should().BeTrue();
        IReadOnlyList<LabRequest> record = await lab.RequestsAsync();
        record.Where(request => request.Path == "/shield").Select(request => JsonNode.Parse(request.Body!)!["blocked"]!.ToJsonString()).Should().Equal("""["127.0.0.64/26"]""", "[]");
        (await AdminAsync(lab, "/traffic"))["shed"]!.GetValue<long>().Should().BePositive("whoever came from there was turned away");
        (await AdminAsync(lab, "/shield"))["by"]!.GetValue<string>().Should().Be($"{run.View.Mark}-lift-cut-1", "the run says what it left");
    });

    [Fact]
    public Task DataTheft_StolenTokenIsRefusedFromTheRevocationOn_AndUsersNoticeNothing() => WorkFolder.UseAsync(async folder =>
    {
        await using LabProcess lab = await LabProcess.StartAsync(Path.Combine(folder, "lab"));
        await using ServerProcess server = await ServerProcess.StartAsync(lab.Estate, Path.Combine(folder, "data"));
        using var thief = new HttpClient { BaseAddress = lab.FrontDoor, Timeout = TimeSpan.FromSeconds(5) };
        thief.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", lab.ReadToken("partner"));
        (await ReadAsync(thief)).Should().Be(HttpStatusCode.OK);
        HttpStatusCode? whileRevoked = null;

        DrillRun run = await DrillRun.ToEndAsync(server, lab.People, "joint-data-theft", async happened =>
        {
            if (happened is { Kind: "step.outcome", Step: "revoke-token" })
            {
                whileRevoked = await ReadAsync(thief);
            }
        });

        run.View.Outcome.Should().Be("passed", run.View.Failure);
        whileRevoked.Should().Be(HttpStatusCode.Unauthorized);
        run.Step("token-refused").State.Should().Be("done", "the run itself has seen the refusal");
        (await ReadAsync(thief)).Should().Be(HttpStatusCode.OK, "the partner was given access again");
        run.View.Measurement?.Rto.Should().BeNull("no user was interrupted");
        string token = lab.ReadToken("partner");
        run.Events.Should().NotContain(told => told.Text.Contains(token, StringComparison.Ordinal));
    });

    private static async Task<bool> IsServedAsync(HttpClient user)
    {
        try
        {
            using HttpResponseMessage answer = await user.GetAsync(new Uri("/ledger/entries?prefix=nobody-", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    private static async Task<HttpStatusCode> ReadAsync(HttpClient thief)
    {
        using HttpResponseMessage answer = await thief.GetAsync(new Uri("/ledger/entries?prefix=partner-", UriKind.Relative));
        return answer.StatusCode;
    }

    private static async Task<JsonNode> AdminAsync(LabProcess lab, string path)
    {
        using var admin = new HttpClient { BaseAddress = lab.Admin, Timeout = TimeSpan.FromSeconds(5) };
        admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", lab.ReadToken("front-door-admin"));
        return JsonNode.Parse(await admin.GetStringAsync(new Uri(path, UriKind.Relative)))!;
    }
}
