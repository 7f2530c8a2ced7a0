using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using DrOrchestrator.Availability;
using DrOrchestrator.Availability.Planned;
using DrOrchestrator.Calendars;
using DrOrchestrator.Compliance;
using DrOrchestrator.Compliance.Alerts;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.Drills.Steps.Namespaces;
using DrOrchestrator.Estates;
using DrOrchestrator.Evidence;
using DrOrchestrator.Plans;
using DrOrchestrator.Probes;
using DrOrchestrator.RecoveryPoints;

namespace DrOrchestrator.Web.Api;

/// <summary>Every type of the API's wire, and how it is written; clients of the same solution read with it too.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    NumberHandling = JsonNumberHandling.Strict,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters =
    [
        typeof(SecondsConverter),
        typeof(MarkConverter),
        typeof(WordConverter<EngineCondition>),
        typeof(WordConverter<FireOutcome>),
        typeof(WordConverter<CanSwitch>),
        typeof(WordConverter<IntervalState>),
        typeof(WordConverter<ReplicationState>),
        typeof(WordConverter<CopyMechanism>),
        typeof(WordConverter<Synchrony>),
        typeof(WordConverter<Verdict>),
        typeof(WordConverter<RunMode>),
        typeof(WordConverter<StepMark>),
        typeof(WordConverter<DrillKind>),
        typeof(WordConverter<OnFailure>),
        typeof(WordConverter<PersonRole>),
        typeof(WordConverter<ProbeOutcome>),
        typeof(WordConverter<ProbeRole>),
    ])]
[JsonSerializable(typeof(ProblemDocument))]
[JsonSerializable(typeof(StatusDocument))]
[JsonSerializable(typeof(SystemReport))]
[JsonSerializable(typeof(CalendarStanding))]
[JsonSerializable(typeof(Alert))]
[JsonSerializable(typeof(AlertsDocument))]
[JsonSerializable(typeof(AssessChange))]
[JsonSerializable(typeof(ChangeAssessment))]
[JsonSerializable(typeof(IReadOnlyList<ChangeAssessment>))]
[JsonSerializable(typeof(TimelineDocument))]
[JsonSerializable(typeof(ExposureDocument))]
[JsonSerializable(typeof(IReadOnlyList<ProbeSummary>))]
[JsonSerializable(typeof(ProbeDocument))]
[JsonSerializable(typeof(ProbeLookDocument))]
[JsonSerializable(typeof(IReadOnlyList<PlanSummary>))]
[JsonSerializable(typeof(PlanDocument))]
[JsonSerializable(typeof(StartDrill))]
[JsonSerializable(typeof(OrderRun))]
[JsonSerializable(typeof(RunView))]
[JsonSerializable(typeof(IReadOnlyList<RunView>))]
[JsonSerializable(typeof(RunEvent))]
[JsonSerializable(typeof(RunDiff))]
[JsonSerializable(typeof(RunProgress))]
[JsonSerializable(typeof(IReadOnlyList<PendingItem>))]
[JsonSerializable(typeof(AnswerItem))]
[JsonSerializable(typeof(ReviewRun))]
[JsonSerializable(typeof(AnswerResult))]
[JsonSerializable(typeof(NamespaceRemoval))]
[JsonSerializable(typeof(IReadOnlyList<EvidenceRecord>))]
[JsonSerializable(typeof(ExportPack))]
[JsonSerializable(typeof(EvidenceKeyDocument))]
[JsonSerializable(typeof(MeDocument))]
[JsonSerializable(typeof(CreateToken))]
[JsonSerializable(typeof(TokenDocument))]
[JsonSerializable(typeof(MadeTokenDocument))]
[JsonSerializable(typeof(IReadOnlyList<TokenDocument>))]
[JsonSerializable(typeof(AvailabilityDocument))]
[JsonSerializable(typeof(StatementRequest))]
[JsonSerializable(typeof(StatementDocument))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(MaintenanceDocument))]
[JsonSerializable(typeof(RequestMaintenance))]
[JsonSerializable(typeof(DecideMaintenance))]
[JsonSerializable(typeof(CancelMaintenance))]
[JsonSerializable(typeof(ReportOutage))]
[JsonSerializable(typeof(MaintenanceEntry))]
[JsonSerializable(typeof(OutageReport))]
[JsonSerializable(typeof(LeftNamespacesFound))]
[JsonSerializable(typeof(RemoveNamespace))]
public sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>Makes the options of a reader or writer those of the wire.</summary>
    public static void Apply(JsonSerializerOptions options)
    {
        options.TypeInfoResolverChain.Insert(0, Default);
        options.PropertyNamingPolicy = Default.Options.PropertyNamingPolicy;
        options.NumberHandling = Default.Options.NumberHandling;
        options.UnmappedMemberHandling = Default.Options.UnmappedMemberHandling;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        foreach (var converter in Default.Options.Converters)
        {
            options.Converters.Add(converter);
        }
    }
}
