using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Http;
using DrOrchestrator.Estates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Tests.Drills.Steps.Http;

public sealed class HttpStepTests : IAsyncLifetime
{
    private const string Move =
        """{"endpoint":"front-door","method":"PUT","path":"/route","body":{"site":"dr","epoch":2},"if-match":"true","marker-field":"by","observe-path":"/route","undo":"restore"}""";

    private readonly List<(string Method, string Body, int Status, string Connection, string Authorization)> _requests = [];
    private readonly string _token = Path.Combine(AppContext.BaseDirectory, "work", $"token-{Guid.NewGuid():N}");
    private WebApplication _app = null!;
    private StepBench _bench = null!;
    private string _route = """{"site":"primary","epoch":1,"by":"install"}""";
    private string _nothing = "no such thing";
    private int _version = 1;
    private Func<string, bool, bool> _cut = (_, _) => false;

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_token)!);
        await File.WriteAllTextAsync(_token, "secret-token\n");
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(AnswerAsync);
        await _app.StartAsync();
        var url = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        _bench = new StepBench("none");
        _bench.Endpoints.Add(new ServiceEndpoint("front-door", url, _token));
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        File.Delete(_token);
    }

    [Fact]
    public async Task Execute_ConditionalPut_MovesTheRouteAndTheTokenIsNotJournalled()
    {
        var (step, context, intent) = await PreparedAsync(Move);

        var done = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>().Which;

        _route.Should().Be("""{"site":"dr","epoch":2,"by":"dro-7-s-1"}""");
        _requests.Should().OnlyContain(r => r.Authorization == "Bearer secret-token");
        _requests.Select(r => r.Connection).Should().OnlyHaveUniqueItems();
        (intent.ToJsonString() + done.Outputs.ToJsonString()).Should().NotContain("secret");
        intent["before"]!["etag"]!.ToString().Should().Be("\"1\"");
    }

    [Fact]
    public async Task Execute_ChangedByAnother_FailsAndLeavesIt()
    {
        var (step, context, intent) = await PreparedAsync(Move);
        (_route, _version) = ("""{"site":"primary","epoch":5,"by":"someone"}""", 9);

        var failed = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which;

        failed.Reason.Should().EndWith("""/route was changed by another since it was read: it is 200 {"site":"primary","epoch":5,"by":"someone"} now""");
        _route.Should().Contain("someone");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Execute_NoAnswer_ObserveDecidesAndItHappensOnce(bool landed)
    {
        var (step, context, intent) = await PreparedAsync(Move);
        _cut = (method, applied) => method == "PUT" && applied == landed;

        var first = await step.ExecuteAsync(context, intent, default);
        _cut = (_, _) => false;

        if (landed)
        {
            first.Should().BeOfType<StepOutcome.Done>();
            (await step.ObserveAsync(context, intent, default)).Answer.Should().Be(ObservedAnswer.Happened);
        }
        else
        {
            first.Should().BeOfType<StepOutcome.Unknown>();
            (await step.ObserveAsync(context, intent, default)).Answer.Should().Be(ObservedAnswer.CannotHappenAnyMore);
        }

        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();
        _requests.Count(r => r is { Method: "PUT", Status: 200 }).Should().Be(1);
        _version.Should().Be(2);
    }

    [Fact]
    public async Task Execute_PostWithoutAnAnswer_CannotTell()
    {
        const string Post = """{"endpoint":"front-door","method":"POST","path":"/orders","body":{"n":1}}""";
        var (step, context, intent) = await PreparedAsync(Post);
        _cut = (method, _) => method == "POST";

        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Unknown>();
        (await step.ObserveAsync(context, intent, default)).Answer.Should().Be(ObservedAnswer.CannotTell);
    }

    [Fact]
    public async Task Execute_NobodyListens_FailsWithoutEffect()
    {
        const string Post = """{"endpoint":"front-door","method":"POST","path":"/orders","body":{"n":1}}""";
        var (step, context, intent) = await PreparedAsync(Post);
        await _app.StopAsync();

        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>();
    }

    [Fact]
    public async Task Execute_Refused_FailsWithTheAnswer()
    {
        var (step, context, intent) = await PreparedAsync("""{"endpoint":"front-door","method":"DELETE","path":"/nothing"}""");

        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().EndWith("/nothing answers 404 no such thing");
    }

    [Fact]
    public async Task Observe_EqualsWithoutMarker_Happened()
    {
        var (step, context, intent) = await PreparedAsync(
            """{"endpoint":"front-door","method":"PUT","path":"/route","body":{"site":"dr","epoch":2},"observe-path":"/route","observe-equals":{"site":"dr","epoch":2}}""");
        (await step.ObserveAsync(context, intent, default)).Answer.Should().Be(ObservedAnswer.CannotHappenAnyMore);

        await step.ExecuteAsync(context, intent, default);

        (await step.ObserveAsync(context, intent, default)).Answer.Should().Be(ObservedAnswer.Happened);
    }

    [Fact]
    public async Task Contradiction_OfARouteThatSomebodyMovedBack_SaysWhatIsThere()
    {
        var (step, context, intent) = await PreparedAsync(Move);
        await step.ExecuteAsync(context, intent, default);
        var stands = await step.ContradictionAsync(context, intent, default);
        _route = """{"site":"primary","epoch":3,"by":"somebody"}""";

        var movedBack = await step.ContradictionAsync(context, intent, default);
        await _app.StopAsync();

        stands.Should().BeNull();
        movedBack.Should().StartWith("GET http://127.0.0.1:").And.EndWith("""/route does not show it any more: 200 {"site":"primary","epoch":3,"by":"somebody"}""");
        (await step.ContradictionAsync(context, intent, default)).Should().BeNull("what is silent contradicts nothing");
    }

    [Fact]
    public async Task Targets_OfARequest_AreItsAddressAndWhatShowsIt()
    {
        var (step, context, _) = await PreparedAsync(Move.Replace("\"observe-path\":\"/route\"", "\"observe-path\":\"/route?now\"", StringComparison.Ordinal));
        var (_, looks, _) = await PreparedAsync("""{"endpoint":"front-door","method":"GET","path":"/route"}""");

        ((IStepKind)step).TargetsOf(context).Select(target => new Uri(target.Names[0]).PathAndQuery).Should().Equal("/route", "/route?now");
        ((IStepKind)step).TargetsOf(looks).Should().BeEmpty("it changes nothing");
    }

    [Theory]
    [InlineData("restore", true)]
    [InlineData("none", false)]
    public async Task Undoes_OnlyWhereThePlanSaysHow(string undo, bool undoes)
    {
        var (step, context, _) = await PreparedAsync(Move.Replace("\"undo\":\"restore\"", $"\"undo\":\"{undo}\"", StringComparison.Ordinal));

        ((IReversibleStepKind)step).Undoes(context.Step).Should().Be(undoes);
    }

    [Fact]
    public async Task Undo_PutsBackTheBodySeenBeforeOnce()
    {
        var (step, context, intent) = await PreparedAsync(Move);
        await step.ExecuteAsync(context, intent, default);

        (await step.UndoAsync(context, intent, null, default)).Should().BeOfType<StepOutcome.Done>();
        (await step.UndoAsync(context, intent, null, default)).Should().BeOfType<StepOutcome.Done>();

        _route.Should().Be("""{"site":"primary","epoch":1,"by":"dro-7-s-1-undo"}""");
        _version.Should().Be(3);
    }

    [Theory]
    [InlineData("""{"endpoint":"none","method":"PUT","path":"/r"}""", "endpoint 'none' is not in the estate")]
    [InlineData("""{"endpoint":"front-door","method":"PUT","path":"//evil.example/r"}""", "'//evil.example/r' is no path; it begins with one /")]
    [InlineData("""{"endpoint":"front-door","method":"PUT","path":"/r","if-match":"true"}""", "if-match, observe-equals and undo: restore need observe-path, the place to look at")]
    [InlineData("""{"endpoint":"front-door","method":"PUT","path":"/r","expect-status":["2xx"]}""", "expect-status: '2xx'; allowed: 100 to 599")]
    [InlineData("""{"endpoint":"front-door","method":"PUT","path":"/r","undo":"body"}""", "undo: body and undo-body go together")]
    [InlineData("""{"endpoint":"front-door","method":"PUT","path":"/r","marker-field":"by"}""", "marker-field needs a body to stand in")]
    public async Task Prepare_WhatCannotBeMeant_SaysWhy(string with, string message)
    {
        var act = () => PreparedAsync(with);

        await act.Should().ThrowAsync<StepFailedException>().WithMessage(message);
    }

    [Fact]
    public async Task Prepare_ToRestoreWhereNothingCanBeRead_IsRefused()
    {
        // A refusal in JSON is no state: put back, it would be found standing at once, and the change with it.
        _nothing = """{"refused":true}""";
        var act = () => PreparedAsync(Move.Replace("\"observe-path\":\"/route\"", "\"observe-path\":\"/elsewhere\"", StringComparison.Ordinal));

        (await act.Should().ThrowAsync<StepFailedException>()).Which.Message.Should()
            .Contain("/elsewhere answers 404").And.Contain("no JSON object that could be put back, as 'undo: restore' asks");
    }

    private async Task<(HttpStep Step, StepContext Context, JsonObject Intent)> PreparedAsync(string with)
    {
        var step = new HttpStep(TimeProvider.System);
        var context = _bench.Context("http", with, timeoutSeconds: 5);
        return (step, context, JsonNode.Parse((await step.PrepareAsync(context, default)).ToJsonString())!.AsObject());
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        using var reader = new StreamReader(request.Body);
        var body = await reader.ReadToEndAsync();
        var text = _nothing;
        if (_cut(request.Method, false))
        {
            context.Abort();
            return;
        }

        var isRoute = request.Path == "/route";
        context.Response.StatusCode = !isRoute ? 404 : request.Method == "PUT" && request.Headers.IfMatch is [{ } tag] && tag != $"\"{_version}\"" ? 412 : 200;
        if (isRoute && request.Method == "PUT" && context.Response.StatusCode == 200)
        {
            (_route, _version) = (body, _version + 1);
        }

        _requests.Add((request.Method, body, context.Response.StatusCode, context.Connection.Id, request.Headers.Authorization.ToString()));
        if (_cut(request.Method, true))
        {
            context.Abort();
            return;
        }

        context.Response.Headers.ETag = $"\"{_version}\"";
        await context.Response.WriteAsync(isRoute ? _route : text);
    }
}
