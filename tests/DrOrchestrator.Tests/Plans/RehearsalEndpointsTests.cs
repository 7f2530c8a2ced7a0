using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Http;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Tests.Drills.Steps;

namespace DrOrchestrator.Tests.Plans;

/// <summary>A chat is one host for all groups of all customers; a server that something is done at is one server.</summary>
public sealed class RehearsalEndpointsTests
{
    private const string Live = "https://chat.test/hook/live";

    private static readonly StepKindCatalog Kinds = new(new StepKinds([new NotifyStep(TimeProvider.System), new HttpStep(TimeProvider.System)]), new GateKinds([]), new SteadyStateKinds([]));

    [Theory]
    [InlineData("notify", "notify", "https://chat.test/hook/lab", "/keys/lab", null, null)]
    [InlineData("notify", "notify", "https://chat.test/hook/lab", null, null, null)]
    [InlineData("notify", "notify", Live, "/keys/lab", null, null)]
    [InlineData("notify", "notify", Live, null, "/hook/lab", null)]
    [InlineData("notify", "notify", "https://CHAT.test:443/hook/live", null, null, "address")]
    [InlineData("notify", "notify", "https://chat.test/", null, "/hook/live", "address")]
    [InlineData("notify", "notify", Live, null, "/hook/${steps.ask.group}", "address")]
    [InlineData("notify", "notify", "https://chat.test/hook/lab", "/keys/live", null, "credential")]
    [InlineData("http", "notify", "https://chat.test/hook/lab", "/keys/lab", null, "address")]
    [InlineData("notify", "http", "https://chat.test/hook/lab", "/keys/lab", null, "address")]
    public void Problems_EndpointAtAHostOfProduction_IsOneWhereItIsTheSameReceiverOrDoesMoreThanTell(string live, string rehearsed, string url, string? token, string? path, string? shared)
    {
        var estate = Estate.None with { Endpoints = [new ServiceEndpoint("live", new Uri(Live), "/keys/live"), new ServiceEndpoint("lab", new Uri(url), token), new ServiceEndpoint("none", new Uri("https://none.test"), null)] };
        var plan = Telling("plan", rehearsed, "none") with { Modes = [RunMode.Rehearsal] };
        var target = new RehearsalTarget(false, null, StepBench.Parameters(path is null ? """{"endpoint":"lab"}""" : $$"""{"endpoint":"lab","path":"{{path}}"}"""));
        plan = plan with { Steps = [plan.Steps[0] with { Rehearsal = target }] };

        var problems = Rehearsals.Problems(plan, estate, Kinds, [Telling("other", live, "live")]);

        problems.Select(problem => problem.Found).Should().Equal(shared is null ? [] : [$"its rehearsal uses endpoint 'lab', the {shared} that step 'tell' of plan 'other' uses live"]);
    }

    private static Plan Telling(string name, string kind, string endpoint) => StepBench.Plan with
    {
        Name = name,
        Systems = ["ledger"],
        Steps = [new PlanStep("tell", kind, new Dictionary<string, string>(), null, StepBench.Parameters($$"""{"endpoint":"{{endpoint}}"}"""), [], null, null, false, TimeSpan.FromSeconds(5), 0, null)],
    };
}
