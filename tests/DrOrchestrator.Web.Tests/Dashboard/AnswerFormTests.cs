using System.Net;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Web.Tests.Dashboard;

/// <summary>The forms of the pages before the real desk, journal and answer rules; only nobody carries the run.</summary>
public sealed class AnswerFormTests
{
    private const string RequesterToken = "requester-token";
    private const string Hostile = "<img src=x onerror=alert(1)>\"'&";

    [Fact]
    public async Task Pages_ForWhoMayAnswer_ShowAFormWithThePointsOfNoReturn()
    {
        await using var server = await WithWaitingRun();
        using var approver = await SignedIn(server, Samples.ApproverToken);

        foreach (var path in new[] { "/", "/drills", "/drills/1" })
        {
            var page = await approver.GetStringAsync(path + "?lang=en");
            page.Should().Contain("<form class=\"answer\" method=\"post\" action=\"/drills/1\">").And.Contain("value=\"confirm\"").And.Contain("value=\"refuse\"");
            page.Should().Contain("Your confirmation covers these points of no return: <span translate=\"no\">promote</span>");
            page.Should().NotContain("http-equiv=\"refresh\"", "a reload would take away what somebody writes");
        }
    }

    [Fact]
    public async Task Pages_ForWhoMayNotAnswer_ShowNoForm()
    {
        await using var server = await WithWaitingRun();
        using var requester = await SignedIn(server, RequesterToken);
        using var program = server.Client(Samples.ApproverToken);

        var own = await requester.GetStringAsync("/drills/1?lang=en");
        var signedOut = await program.GetStringAsync("/drills/1?lang=en");

        own.Should().NotContain("class=\"answer\"").And.Contain("You may not answer this.").And.Contain("http-equiv=\"refresh\"");
        signedOut.Should().NotContain("class=\"answer\"").And.Contain("<a href=\"/sign-in?to=%2Fdrills%2F1\">Sign in to answer here</a>");
    }

    [Fact]
    public async Task Answer_Confirmed_IsOnRecordInTheNameOfWhoIsSignedIn()
    {
        await using var server = await WithWaitingRun();
        using var approver = await SignedIn(server, Samples.ApproverToken);

        using var answer = await Post(approver, server, note: Hostile, extra: [new("person", "rita"), new("actor", "rita")]);
        var page = await approver.GetStringAsync("/drills/1?lang=en");

        answer.StatusCode.Should().Be(HttpStatusCode.SeeOther);
        answer.Headers.Location!.ToString().Should().Be("/drills/1");
        (await View(server)).Answers.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Item = "run-approval", Person = "anna", Confirmed = true, Note = Hostile });
        page.Should().Contain("&lt;img src=x onerror=alert(1)&gt;&quot;&#x27;&amp;").And.NotContain("<img").And.NotContain("class=\"answer\"");
    }

    [Fact]
    public async Task Answer_Refused_IsOnRecordAsARefusal()
    {
        await using var server = await WithWaitingRun();
        using var approver = await SignedIn(server, Samples.ApproverToken);

        using var silent = await Post(approver, server, "refuse", language: "zh-CN");
        using var answer = await Post(approver, server, "refuse", note: "month end");

        silent.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        (await silent.Content.ReadAsStringAsync()).Should().Contain("缺少理由").And.Contain("必须写明理由");
        answer.StatusCode.Should().Be(HttpStatusCode.SeeOther);
        (await View(server)).Answers.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Confirmed = false, Note = "month end" });
    }

    [Fact]
    public async Task Answer_ByTheRequester_IsRefusedInWordsAndTheRunWaitsOn()
    {
        await using var server = await WithWaitingRun();
        using var requester = await SignedIn(server, RequesterToken);

        using var english = await Post(requester, server, language: "en");
        using var chinese = await Post(requester, server, language: "zh-CN");

        english.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        (await english.Content.ReadAsStringAsync()).Should().Contain("The answer was not taken: own run.").And.Contain("rita asked for this run or wrote its plan; somebody else must approve it.");
        (await chinese.Content.ReadAsStringAsync()).Should().Contain("应答未被受理：不能审批自己申请或编写的运行。").And.Contain("是本次运行的申请人或预案编写人，须由其他人审批。");
        var run = await View(server);
        run.Answers.Should().BeEmpty();
        run.Outcome.Should().Be("waiting");
    }

    [Theory]
    [InlineData(Samples.ViewerToken, "run-approval", 403, "&#x27;run-approval&#x27; is for approver; vera has: viewer.")]
    [InlineData(Samples.ApproverToken, "other", 404, "Run 1 asks nothing called &#x27;other&#x27;.")]
    public async Task Answer_NotTakenByTheRules_SaysWhy(string token, string item, int status, string words)
    {
        await using var server = await WithWaitingRun();
        using var client = await SignedIn(server, token);

        using var answer = await Post(client, server, item: item);

        ((int)answer.StatusCode).Should().Be(status);
        (await answer.Content.ReadAsStringAsync()).Should().Contain(words).And.Contain("role=\"alert\"").And.NotContain("<script", "the page stands still to be read");
        (await View(server)).Answers.Should().BeEmpty();
    }

    [Fact]
    public async Task Answer_AfterTheDeadline_IsTooLate()
    {
        await using var server = await WithWaitingRun(deadline: TimeProvider.System.GetUtcNow().AddSeconds(-1));
        using var approver = await SignedIn(server, Samples.ApproverToken);

        using var answer = await Post(approver, server);

        answer.StatusCode.Should().Be(HttpStatusCode.Conflict);
        (await answer.Content.ReadAsStringAsync()).Should().Contain("The answer was not taken: too late.");
    }

    [Fact]
    public async Task Answer_GivenTwice_StandsAsTheFirst()
    {
        await using var server = await WithWaitingRun();
        using var approver = await SignedIn(server, Samples.ApproverToken);

        using var first = await Post(approver, server);
        using var second = await Post(approver, server, "refuse");

        second.StatusCode.Should().Be(HttpStatusCode.Conflict);
        (await second.Content.ReadAsStringAsync()).Should().Contain("already answered");
        (await View(server)).Answers.Should().ContainSingle().Which.Confirmed.Should().BeTrue();
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    [InlineData(null)]
    public async Task Answer_FromElsewhere_IsRefused(string? origin)
    {
        await using var server = await WithWaitingRun();
        using var approver = await SignedIn(server, Samples.ApproverToken);

        using var answer = await Post(approver, server, origin: origin);

        answer.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        (await answer.Problem()).Code.Should().Be("cross-site");
        (await View(server)).Answers.Should().BeEmpty();
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData(Samples.ApproverToken, HttpStatusCode.Forbidden)]
    public async Task Answer_WithoutASession_IsRefused(string? token, HttpStatusCode status)
    {
        await using var server = await WithWaitingRun();
        using var client = server.Client(token);

        using var answer = await Post(client, server);

        answer.StatusCode.Should().Be(status);
        (await View(server)).Answers.Should().BeEmpty();
    }

    [Fact]
    public async Task Answer_ThatIsNeither_IsRefused()
    {
        await using var server = await WithWaitingRun();
        using var approver = await SignedIn(server, Samples.ApproverToken);

        using var answer = await Post(approver, server, "perhaps");

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await answer.Problem()).Detail.Should().Be("The form has the answer 'perhaps'; allowed: confirm, refuse.");
    }

    [Fact]
    public async Task Answer_WithANoteBeyondTheLimit_IsRefusedByLength()
    {
        await using var server = await WithWaitingRun();
        using var approver = await SignedIn(server, Samples.ApproverToken);

        using var answer = await Post(approver, server, note: new string('x', 2001));

        answer.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        (await answer.Content.ReadAsStringAsync()).Should().Contain("The note has 2001 characters; allowed: 2000.");
        (await View(server)).Answers.Should().BeEmpty();
    }

    private static async Task<RunningServer> WithWaitingRun(DateTimeOffset? deadline = null)
    {
        var estate = Samples.Estate();
        estate = estate with { People = [.. estate.People, Samples.Person("rita", RequesterToken, PersonRole.Operator, PersonRole.Approver)] };
        var server = await RunningServer.StartAsync(estate: estate, overrides: services => services.AddSingleton<IDrills, DrillDesk>());
        var journal = server.App.Services.GetRequiredService<IDrillJournal>();
        await journal.OpenAsync("rita", ["ledger"], Runs.Opened(), [], CancellationToken.None);
        var claim = await journal.ClaimAsync(1, "owner", (_, _) => [], CancellationToken.None);
        await journal.AppendAsync(1, claim.Epoch, new JournalDraft(JournalKinds.Asked, "system", Runs.Question(deadline)), CancellationToken.None);
        await journal.AppendAsync(1, claim.Epoch, new JournalDraft(JournalKinds.Waiting, "system", new() { ["reason"] = "approval 'run-approval' by approver" }), CancellationToken.None);
        return server;
    }

    private static async Task<RunView> View(RunningServer server) => (await server.App.Services.GetRequiredService<IDrills>().ShowAsync(1, CancellationToken.None))!;

    private static async Task<HttpClient> SignedIn(RunningServer server, string token)
    {
        var client = server.Client(null);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in") { Content = new FormUrlEncodedContent([new("token", token), new("to", "/")]) };
        request.Headers.Add("Origin", Own(server));
        using var signedIn = await client.SendAsync(request);
        client.DefaultRequestHeaders.Add("Cookie", signedIn.Headers.GetValues("Set-Cookie").First().Split(';')[0]);
        return client;
    }

    private static string Own(RunningServer server) => server.Url.GetLeftPart(UriPartial.Authority);

    private static Task<HttpResponseMessage> Post(
        HttpClient client, RunningServer server, string answer = "confirm", string item = "run-approval", string note = "", string language = "en", string? origin = "own", KeyValuePair<string, string>[]? extra = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/drills/1?lang=" + language)
        {
            Content = new FormUrlEncodedContent([new("item", item), new("answer", answer), new("note", note), .. extra ?? []]),
        };
        request.Headers.TryAddWithoutValidation("Origin", origin == "own" ? Own(server) : origin);
        return client.SendAsync(request);
    }
}
