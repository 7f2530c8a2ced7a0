using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DrOrchestrator.Web.Api;

internal static class PlanEndpoints
{
    public static void MapPlanEndpoints(this IEndpointRouteBuilder api)
    {
        api.MapGet("/plans", ListPlans);
        api.MapGet("/plans/{name}", ShowPlan);
    }

    private static Ok<IReadOnlyList<PlanSummary>> ListPlans(IPlans plans) => TypedResults.Ok<IReadOnlyList<PlanSummary>>([.. plans.All.Select(Summary)]);

    private static Results<Ok<PlanDocument>, Problem> ShowPlan(string name, IPlans plans, EstateHolder estates, IStepKindCatalog kinds)
    {
        if (plans.All.FirstOrDefault(candidate => candidate.Name == name) is not { } plan)
        {
            return Problem.NotFound("no-such-plan", $"The estate has no plan '{name}'; it has: {string.Join(", ", plans.All.Select(known => known.Name))}.");
        }

        var estate = estates.Current;
        var answers = PlanPreview.Of(plan, estate, kinds).ToDictionary(line => line.Step, line => line.Answers);
        return TypedResults.Ok(new PlanDocument(
            plan.Name,
            plan.Title,
            plan.Version,
            plan.File,
            plan.Hash,
            plan.Kind,
            plan.Modes,
            plan.Systems,
            plan.Authors,
            plan.Contents.Texts,
            PlanPreview.Approvals(plan, estate),
            [.. plan.Gates.Select(gate => gate.Kind)],
            [
                .. plan.Steps.Select(step => Step(step, false, answers)),
                .. plan.WayBack.Select(step => Step(step, true, answers)),
            ],
            PointsOfNoReturn(plan)) { Guardrails = PlanPreview.Guardrails(plan) });
    }

    private static PlanSummary Summary(Plan plan) =>
        new(plan.Name, plan.Title, plan.Version, plan.Kind, plan.Modes, plan.Systems, plan.Hash, PointsOfNoReturn(plan));

    private static IReadOnlyList<string> PointsOfNoReturn(Plan plan) => [.. plan.AllSteps.Where(step => step.PointOfNoReturn).Select(step => step.Name)];

    private static PlanStepDocument Step(PlanStep step, bool wayBack, Dictionary<string, string> answers) => new(
        step.Name,
        step.Kind,
        step.Title,
        step.Site,
        step.Needs,
        step.Mark,
        step.PointOfNoReturn,
        step.Timeout,
        step.Retries,
        step.OnFailure,
        wayBack,
        answers.GetValueOrDefault(step.Name, ""))
    {
        Verify = [.. step.Verify.Select(PlanPreview.Check)],
        Rehearsal = PlanPreview.Rehearsal(step),
    };
}
