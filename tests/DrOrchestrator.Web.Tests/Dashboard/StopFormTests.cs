using System.Net;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Web.Tests.Dashboard;

/// <summary>Whoever may stop a run can do so on its page, in their own name; nobody else is offered it.</summary>
public sealed class StopFormTests
{
    [Fact]
    public async Task Order_OfWhoMay_IsOnRecordInTheirNameAndShownWithItsReason()
    {
        await using var server = await WithRun();
        using var approver = await SignedInAsync(server, Samples.ApproverToken);
        var offered = await approver.GetStringAsync("/drills/1?lang=en");
        var form = await approver.GetStringAsync("/drills/1?lang=en&stop=1");

        using var answer = await PostAsync(approver, server, "abort", "smoke in hall 2");

        answer.StatusCode.Should().Be(HttpStatusCode.SeeOther);
        offered.Should().Contain("<a href=\"/drills/1?stop=1\">").And.Contain("http-equiv=\"refresh\"");
        form.Should().Contain("value=\"abort\"").And.NotContain("http-equiv=\"refresh\"");
        var page = await approver.GetStringAsync("/drills/1?lang=zh-CN");
        page.Should().Contain("smoke in hall 2").And.Contain("已中止");
        var view = (await server.App.Services.GetRequiredService<IDrills>().ShowAsync(1, CancellationToken.None))!;
        view.Stop.Should().BeEquivalentTo(new { What = "aborted", By = "anna", Reason = "smoke in hall 2" });
    }

    [Theory]
    [InlineData("abort", "", HttpStatusCode.UnprocessableEntity, "请写明中止第 1 次运行的原因")]
    [InlineData("resume", "", HttpStatusCode.Forbidden, "须由")]
    [InlineData("destroy", "x", HttpStatusCode.BadRequest, "The form has the order")]
    public async Task Order_ThatIsNotTaken_SaysWhyOnThePage(string order, string reason, HttpStatusCode status, string says)
    {
        await using var server = await WithRun();
        using var approver = await SignedInAsync(server, Samples.ApproverToken);

        using var answer = await PostAsync(approver, server, order, reason);

        answer.StatusCode.Should().Be(status);
        (await answer.Content.ReadAsStringAsync()).Should().Contain(says);
        (await server.App.Services.GetRequiredService<IDrills>().ShowAsync(1, CancellationToken.None))!.Stop.Should().BeNull();
    }

    [Fact]
    public async Task Page_ForWhoMayNotStop_OffersNothing()
    {
        await using var server = await WithRun();
        using var auditor = await SignedInAsync(server, Samples.AuditorToken);

        (await auditor.GetStringAsync("/drills/1?stop=1")).Should().NotContain("/drills/1/order").And.NotContain("stop=1\"");
    }

    [Fact]
    public async Task Order_FromAnotherOrigin_IsRefused()
    {
        await using var server = await WithRun();
        using var approver = await SignedInAsync(server, Samples.ApproverToken);

        using var answer = await PostAsync(approver, server, "abort", "x", "https://evil.example");

        answer.StatusCode.Should().Be(HttpStatusCode.Forbidden);
    }

    private static async Task<RunningServer> WithRun()
    {
        var server = await RunningServer.StartAsync(overrides: services => services.AddSingleton<IDrills, DrillDesk>());
        var journal = server.App.Services.GetRequiredService<IDrillJournal>();
        await journal.OpenAsync("rita", ["ledger"], Runs.Opened(), [], CancellationToken.None);
        var claim = await journal.ClaimAsync(1, "owner", (_, _) => [], CancellationToken.None);
        await journal.AppendAsync(1, claim.Epoch, new JournalDraft(JournalKinds.Waiting, "system", new() { ["reason"] = "approval 'run-approval' by approver" }), CancellationToken.None);
        return server;
    }

    private static async Task<HttpClient> SignedInAsync(RunningServer server, string token)
    {
        var client = server.Client(null);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in") { Content = new FormUrlEncodedContent([new("token", token), new("to", "/")]) };
        request.Headers.Add("Origin", server.Url.GetLeftPart(UriPartial.Authority));
        using var signedIn = await client.SendAsync(request);
        client.DefaultRequestHeaders.Add("Cookie", signedIn.Headers.GetValues("Set-Cookie").First().Split(';')[0]);
        return client;
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, RunningServer server, string order, string reason, string? origin = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/drills/1/order?lang=zh-CN") { Content = new FormUrlEncodedContent([new("order", order), new("reason", reason)]) };
        request.Headers.TryAddWithoutValidation("Origin", origin ?? server.Url.GetLeftPart(UriPartial.Authority));
        return client.SendAsync(request);
    }
}
