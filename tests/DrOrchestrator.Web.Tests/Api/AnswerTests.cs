using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.People;
using DrOrchestrator.Estates;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Web.Tests.Api;

/// <summary>Answers with files, refusals, reviews: through the API and the pages, before the real desk and journal; only nobody carries the run.</summary>
public sealed class AnswerTests
{
    private const string Item = "break-glass:unfenced:promote";
    private const string Hostile = "<img src=x onerror=alert(1)>";

    [Fact]
    public async Task Answer_WithAFile_KeepsItAndGivesItBackToBeSaved()
    {
        await using var server = await WithTask();
        using var operators = server.Operator();
        var content = new byte[3 * 1024 * 1024];
        content.AsSpan().Fill((byte)'a');

        using var answered = await operators.PostAsync("/api/v1/drills/1/answers/reconcile", Answers.Json(Body("../核对.txt", content)));
        var run = await operators.GetFromJsonNodeAsync("/api/v1/drills/1");
        var file = run["answers"]!.AsArray().Single()!["attachment"]!;
        using var back = await operators.GetAsync($"/api/v1/drills/1/attachments/{file["sha256"]}");
        using var missing = await operators.GetAsync($"/api/v1/drills/1/attachments/{new string('a', 64)}");

        answered.StatusCode.Should().Be(HttpStatusCode.OK);
        file["name"]!.ToString().Should().Be("核对.txt");
        back.Content.Headers.ContentType!.MediaType.Should().Be("application/octet-stream");
        back.Content.Headers.ContentDisposition!.DispositionType.Should().Be("attachment");
        (await back.Content.ReadAsByteArrayAsync()).Should().Equal(content);
        missing.StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("""{"confirmed":true}""", 422, "attachment-missing")]
    [InlineData("""{"confirmed":false}""", 422, "reason-missing")]
    [InlineData("""{"confirmed":true,"attachment":{"name":"a.exe","content":"TVo="}}""", 422, "attachment-refused")]
    [InlineData("""{"confirmed":true,"attachment":{"name":"a.txt","content":"not base64!"}}""", 400, "bad-json")]
    public async Task Answer_ThatIsNotEnough_IsRefusedByItsCode(string body, int status, string code)
    {
        await using var server = await WithTask();

        using var answered = await server.Operator().PostAsync("/api/v1/drills/1/answers/reconcile", Answers.Json(body));

        ((int)answered.StatusCode, (await answered.Problem()).Code).Should().Be((status, code));
    }

    [Theory]
    [InlineData("/api/v1/drills/1/answers/reconcile", 8, "The body is over 7082 KiB.")]
    [InlineData("/api/v1/drills", 1, "The body is over 64 KiB.")]
    public async Task Body_OverTheLimitOfItsEndpoint_IsRefused(string path, int megabytes, string says)
    {
        await using var server = await WithTask();
        using var body = Answers.Json("{\"x\":\"" + new string('a', megabytes * 1024 * 1024) + "\"}");

        using var client = server.Operator();
        client.DefaultRequestHeaders.ExpectContinue = true;

        using var answered = await client.PostAsync(path, body);

        answered.StatusCode.Should().Be(HttpStatusCode.RequestEntityTooLarge);
        (await answered.Problem()).Detail.Should().Be(says);
    }

    [Fact]
    public async Task Page_OfATaskWithAFile_ShowsOwnerDueAndTakesTheFormWithTheFile()
    {
        await using var server = await WithTask();
        using var browser = await SignedIn(server, server.OperatorToken);
        using var form = new MultipartFormDataContent
        {
            { new StringContent("reconcile"), "item" },
            { new StringContent("confirm"), "answer" },
            { new StringContent("no difference"), "note" },
            { new ByteArrayContent("%PDF-1.7"u8.ToArray()), "file", "recon.pdf" },
        };

        var english = await browser.GetStringAsync("/drills/1?lang=en");
        var chinese = await browser.GetStringAsync("/drills/1?lang=zh-CN");
        using var posted = await Post(browser, server, "/drills/1", form);
        var after = await browser.GetStringAsync("/drills/1?lang=en");

        english.Should().Contain("enctype=\"multipart/form-data\"").And.Contain("type=\"file\"").And.Contain("Attachment (needed to confirm)").And.Contain("Owner: ").And.Contain("overdue").And.Contain("People needed: 1");
        chinese.Should().Contain("附件(确认时必须上传)").And.Contain("责任人：").And.Contain("应完成时间：").And.Contain("逾期").And.Contain("理由(拒绝时必填)");
        posted.StatusCode.Should().Be(HttpStatusCode.SeeOther);
        after.Should().Contain("recon.pdf</a>").And.Contain("no difference");
    }

    [Fact]
    public async Task Page_OfABreakGlass_IsLoudAndShowsWhoHasSaidIt()
    {
        await using var server = await WithBreakGlass();
        using var browser = await SignedIn(server, Samples.ApproverToken);
        var before = await browser.GetStringAsync("/drills/1?lang=en");

        using var first = await server.Client("eve-token").PostAsync($"/api/v1/drills/1/answers/{Item}", Answers.Json("""{"confirmed":true,"note":"site burns"}"""));
        var half = await browser.GetStringAsync("/drills/1?lang=zh-CN");

        first.StatusCode.Should().Be(HttpStatusCode.OK);
        before.Should().Contain("role=\"alert\"").And.Contain("Break-glass: this run asks people to set a rule aside.").And.Contain("Reason (needed)").And.Contain("People needed: 2");
        half.Should().Contain("紧急授权").And.Contain("需要人数：2 (已确认 <span translate=\"no\">eve</span>)");
    }

    [Fact]
    public async Task Review_OfAnOverride_IsTakenFromAThirdPersonOnThePage()
    {
        await using var server = await WithBreakGlass();
        foreach (var token in (string[])["eve-token", Samples.ApproverToken])
        {
            using var given = await server.Client(token).PostAsync($"/api/v1/drills/1/answers/{Item}", Answers.Json("""{"confirmed":true,"note":"site burns"}"""));
            given.StatusCode.Should().Be(HttpStatusCode.OK);
        }

        using var approver = await SignedIn(server, Samples.ApproverToken);
        using var auditor = await SignedIn(server, Samples.AuditorToken);
        var own = await approver.GetStringAsync("/drills/1?lang=en");
        var third = await auditor.GetStringAsync("/drills/1?lang=zh-CN");
        using var byOne = await server.Client(Samples.ApproverToken).PostAsync("/api/v1/drills/1/review", Answers.Json("""{"reason":"fine"}"""));
        using var silent = await server.Client(Samples.AuditorToken).PostAsync("/api/v1/drills/1/review", Answers.Json("""{"reason":" "}"""));
        using var review = await Post(auditor, server, "/drills/1/review", new FormUrlEncodedContent([new("note", Hostile)]));
        var after = await auditor.GetStringAsync("/drills/1?lang=en");
        using var again = await server.Client(Samples.AuditorToken).PostAsync("/api/v1/drills/1/review", Answers.Json("""{"reason":"again"}"""));

        own.Should().Contain("to be reviewed").And.NotContain("/drills/1/review");
        third.Should().Contain("尚待事后复核").And.Contain("action=\"/drills/1/review\"").And.Contain("site burns");
        ((int)byOne.StatusCode, (int)silent.StatusCode, (int)again.StatusCode).Should().Be((403, 422, 409));
        review.StatusCode.Should().Be(HttpStatusCode.SeeOther);
        after.Should().Contain("Reviewed by <span translate=\"no\">otto</span>").And.Contain("&lt;img").And.NotContain("<img").And.NotContain("to be reviewed");
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData(null)]
    public async Task Review_FromElsewhere_IsRefused(string? origin)
    {
        await using var server = await WithBreakGlass();
        using var auditor = await SignedIn(server, Samples.AuditorToken);

        using var review = await Post(auditor, server, "/drills/1/review", new FormUrlEncodedContent([new("note", "fine")]), origin);

        review.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        (await review.Problem()).Code.Should().Be("cross-site");
    }

    [Fact]
    public void Record_OfARunWithAnOpenReview_CountsForNothingUntilItIsClosed()
    {
        var word = new OverrideView("break-glass", "unfenced:promote", "promote", "?", Samples.Start, ["anna", "eve"], ["a", "b"], null, null, null);
        var run = Samples.Run(mode: "real") with { Overrides = [word] };

        var open = DemonstratedRuns.Record(run);
        var closed = DemonstratedRuns.Record(run with { Overrides = [word with { ReviewedBy = "otto" }] });

        (open.ReviewOpen, closed.ReviewOpen).Should().Be((true, false));
        DrOrchestrator.Compliance.RecordFit.NotForRto(open, lab: true, backupOnly: false, DrOrchestrator.Tiers.RuleTable.Current).Should().Be("run 7 overrode a gate, and the review of that is not closed");
    }

    private static string Body(string name, byte[] content) =>
        new JsonObject { ["confirmed"] = true, ["note"] = "done", ["attachment"] = new JsonObject { ["name"] = name, ["content"] = Convert.ToBase64String(content) } }.ToJsonString();

    private static Task<RunningServer> WithTask()
    {
        var asked = JournalJson.Question("task", "reconcile", "operator", 1, "Reconcile the books", null, []);
        asked["owner"] = "anna";
        asked["department"] = "IT";
        asked["due"] = "2026-01-01T00:00:00.000000Z";
        asked["attachment"] = "required";
        return With(asked, "live");
    }

    private static Task<RunningServer> WithBreakGlass() => With(JournalJson.Question("break-glass", Item, "approver", 2, "BREAK-GLASS: a rule. Two people.", null, []), "real");

    private static async Task<RunningServer> With(JsonObject asked, string mode)
    {
        var estate = Samples.Estate();
        estate = estate with { People = [.. estate.People, Samples.Person("eve", "eve-token", PersonRole.Approver)] };
        var server = await RunningServer.StartAsync(estate: estate, overrides: services => services.AddSingleton<IDrills, DrillDesk>());
        var journal = server.App.Services.GetRequiredService<IDrillJournal>();
        var opened = Runs.Opened();
        opened["mode"] = mode;
        await journal.OpenAsync("rita", ["ledger"], opened, [], CancellationToken.None);
        var claim = await journal.ClaimAsync(1, "owner", (_, _) => [], CancellationToken.None);
        await journal.AppendAsync(1, claim.Epoch, new JournalDraft(JournalKinds.Asked, "system", asked), CancellationToken.None);
        return server;
    }

    private static async Task<HttpClient> SignedIn(RunningServer server, string token)
    {
        var client = server.Client(null);
        using var signedIn = await Post(client, server, "/sign-in", new FormUrlEncodedContent([new("token", token), new("to", "/")]));
        client.DefaultRequestHeaders.Add("Cookie", signedIn.Headers.GetValues("Set-Cookie").First().Split(';')[0]);
        return client;
    }

    private static Task<HttpResponseMessage> Post(HttpClient client, RunningServer server, string path, HttpContent content, string? origin = "own")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        request.Headers.TryAddWithoutValidation("Origin", origin == "own" ? server.Url.GetLeftPart(UriPartial.Authority) : origin);
        return client.SendAsync(request);
    }
}
