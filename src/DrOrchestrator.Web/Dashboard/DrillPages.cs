using DrOrchestrator.Drills;
using DrOrchestrator.Estates;
using DrOrchestrator.Evidence;
using DrOrchestrator.Time;
using DrOrchestrator.Web.Api;
using DrOrchestrator.Web.Security;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Web.Dashboard;

/// <summary>Reads what the page of one run shows.</summary>
internal sealed class DrillPages(PageWriter pages, IDrills drills, IEvidenceLog evidence, ProcessClock clock)
{
    private const int MostRecords = 100_000;

    /// <param name="refusal">Why an answer just given was not taken; the page then stands still, so that it can be read.</param>
    public async Task<IResult> ShowAsync(long id, HttpContext context, AnswerResult? refusal, int status, CancellationToken cancellationToken)
    {
        var language = Languages.Choose(context);
        if (await drills.ShowAsync(id, cancellationToken) is not { } run)
        {
            return DrillEndpoints.NoSuchRun(id);
        }

        var waiting = (await WaitingItems.ReadAsync(context, drills, cancellationToken)).Of(id);
        var records = await evidence.ReadAsync(id, 0, MostRecords, cancellationToken);
        var asked = context.Request.Query.ContainsKey(StopForm.Asked);
        var caller = WaitingItems.IsSession(context) ? context.Caller() : null;
        var page = new DrillPage(run, waiting, clock.Now, records.Count == 0 ? null : (records[0].Sequence, records[^1].Sequence, records.Count), refusal)
        {
            Caller = caller,
            AsksToStop = asked,
            Before = (await drills.ListAsync(cancellationToken)).FirstOrDefault(other => other.Id < id && other.Plan == run.Plan && other.ClosedAt is not null)?.Id,
            MayReview = run.ToBeReviewed && WaitingItems.IsSession(context) && MayReview(run, context.Caller()),
        };
        var open = run.ClosedAt is null && refusal is null;
        var frame = new PageFrame($"#{id} {run.Plan}", Live: open, Events: open ? $"/api/v1/drills/{id}/events" : null, HasForm: waiting.HasForm || page.MayReview || (asked && StopForm.IsShown(run, caller)));
        return new PageResult(pages.Write(context, language, frame, page.Render(language)), status);
    }

    /// <summary>Whether a form is worth showing; whether the review is taken is the engine's to say.</summary>
    private static bool MayReview(RunView run, Person person) =>
        (person.Has(PersonRole.Approver, run.Mode) || person.Has(PersonRole.Auditor, run.Mode)) && person.Id != run.RequestedBy && run.Answers.All(answer => answer.Person != person.Id);
}
