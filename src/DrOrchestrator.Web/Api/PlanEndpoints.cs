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
        var preview = PlanPreview.Of(plan, estate, kinds).ToDictionary(line => line.Step);
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
                .. plan.Steps.Select(step => Step(step, preview[step.Name])),
                .. plan.WayBack.Select(step => Step(step, preview[step.Name])),
            ],
            PointsOfNoReturn(plan)) { Guardrails = PlanPreview.Guardrails(plan), Procedure = PlanPreview.Procedure(plan, estate), Programs = PlanPrograms.Of(plan, kinds) });
    }

    private static PlanSummary Summary(Plan plan) =>
        new(plan.Name, plan.Title, plan.Version, plan.Kind, plan.Modes, plan.Systems, plan.Hash, PointsOfNoReturn(plan));

    private static IReadOnlyList<string> PointsOfNoReturn(Plan plan) => [.. plan.AllSteps.Where(step => step.PointOfNoReturn).Select(step => step.Name)];

    private static PlanStepDocument Step(PlanStep step, PlanPreviewLine line) => new(
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
        line.WayBack,
        line.Answers)
    {
        System = step.System,
        Description = line.Description,
        Changes = line.Changes,
        Verify = line.Verify,
        Rehearsal = line.Rehearsal,
    };
}
