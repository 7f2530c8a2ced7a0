using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Stops;
using DrOrchestrator.Estates;
using DrOrchestrator.Web.Api;
using DrOrchestrator.Web.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DrOrchestrator.Web.Dashboard;

/// <summary>Stops a run from its own page, or lets it go on, in the name of whoever is signed in; the engine judges it as it judges the same order from anywhere else.</summary>
internal static class StopForm
{
    private static readonly RunOrder[] Offered = [RunOrder.Abort, RunOrder.Pause, RunOrder.Resume];

    public static void MapStopForm(this IEndpointRouteBuilder endpoints) => endpoints.MapPost("/drills/{id:long}/order", Order);

    /// <summary>Asks a page of a run for the form: without it there is a link, so that a page without script goes on refreshing itself.</summary>
    public const string Asked = "stop";

    /// <summary>The form of an open run, or the way to it; empty for who may not stop it. Pure.</summary>
    public static Html Render(RunView run, Person? caller, bool asked, Language language)
    {
        var orders = Orders(run, caller);
        return orders.Count == 0 ? Html.Empty
            : !asked ? Html.Of($"<p><a href=\"/drills/{run.Id}?{Asked}=1\">{Glossary.StopOrGoOn.In(language)}</a></p>")
            : Html.Of(
                $"""
                 <section class="card"><form class="answer stop" method="post" action="/drills/{run.Id}/order">
                 <label>{Glossary.Reason.In(language)}<textarea name="reason" rows="2" maxlength="{(long)AnswerForm.LongestNote}"></textarea></label>
                 {orders.Select(order => Html.Of($"<button class=\"{(order is RunOrder.Resume ? "yes" : "no")}\" name=\"order\" value=\"{StopRules.Word(order)}\">{WordOf(order).In(language)}</button>"))}
                 <p class="small soft">{Glossary.StopHint.In(language)}</p>
                 </form></section>
                 """);
    }

    /// <summary>Whether somebody may be writing in it.</summary>
    public static bool IsShown(RunView run, Person? caller) => Orders(run, caller).Count > 0;

    private static List<RunOrder> Orders(RunView run, Person? caller)
    {
        if (run.ClosedAt is not null || caller is null)
        {
            return [];
        }

        RunOrder[] fitting = run.Stop switch
        {
            null => [RunOrder.Pause, RunOrder.Abort],
            { What: "paused" } => [RunOrder.Resume, RunOrder.Abort],
            _ => [],
        };
        return [.. fitting.Where(order => StopRules.Allows(caller, order, run.Mode))];
    }

    private static async Task<IResult> Order(long id, HttpContext context, DrillPages pages, IDrills drills, CancellationToken cancellationToken)
    {
        if (!WaitingItems.IsSession(context) || !SameOrigin.Allows(context.Request) || !context.Request.HasFormContentType)
        {
            return Problem.Forbidden("cross-site", $"Use the form of this server's own page, signed in. Programs send POST /api/v1/drills/{id}/abort, /pause or /resume.");
        }

        var form = await context.Request.ReadFormAsync(cancellationToken);
        if (!Enum.TryParse<RunOrder>(form["order"].ToString(), ignoreCase: true, out var order) || !Offered.Contains(order))
        {
            return Problem.Of(StatusCodes.Status400BadRequest, "bad-request", $"The form has the order '{form["order"]}'; allowed: {string.Join(", ", Offered.Select(StopRules.Word))}.");
        }

        var reason = form["reason"].ToString().Trim();
        var result = reason.Length > AnswerForm.LongestNote
            ? new AnswerResult(false, "note-too-long", $"The note has {reason.Length} characters; allowed: {AnswerForm.LongestNote}.")
            : await drills.OrderAsync(id, order, context.Caller(), reason, cancellationToken);
        if (result.Code == "no-such-run")
        {
            return DrillEndpoints.NoSuchRun(id);
        }

        if (!result.Accepted)
        {
            return await pages.ShowAsync(id, context, result, OrderEndpoints.StatusOf(result.Code), cancellationToken);
        }

        context.Response.Headers.Location = $"/drills/{id}";
        return TypedResults.StatusCode(StatusCodes.Status303SeeOther);
    }

    private static Word WordOf(RunOrder order) => order switch
    {
        RunOrder.Abort => Glossary.AbortRun,
        RunOrder.Pause => Glossary.PauseRun,
        _ => Glossary.ResumeRun,
    };
}
