using System.Globalization;
using DrOrchestrator.Estates.Yaml;
using DrOrchestrator.Plans;
using DrOrchestrator.Words;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>attestations:</c>, of a system or of the whole estate.</summary>
internal static class AttestationReader
{
    public static IReadOnlyList<Attestation> OfASystem(StrictMap system, string name, EstateScope scope) => StrictMap.ReadAll(
        system.Items("attestations", required: false), "an attestation", system.Problems, map => Attestation(map, scope, scope.MeasuredSynchrony.Contains(name)));

    /// <summary>Only a policy can speak for every system; the rest depends on the system.</summary>
    public static Attestation OfTheEstate(StrictMap map, EstateScope scope)
    {
        var attestation = Attestation(map, scope, measuresSynchrony: false);
        if (map.Node("statement") is not null && attestation.Statement is not AttestedStatement.ServiceTimeBasis)
        {
            map.Problems.Add(
                map.PlaceOf("statement"), $"'{attestation.Statement.Word()}' is stated for the whole estate", AttestedStatement.ServiceTimeBasis.Word(), "State it under the system it is for.");
        }

        return attestation;
    }

    /// <param name="measuresSynchrony">A recovery point of the system can tell whether commits wait for the standby.</param>
    private static Attestation Attestation(StrictMap map, EstateScope scope, bool measuresSynchrony)
    {
        var statement = map.Word<AttestedStatement>("statement");
        if (statement is AttestedStatement.SynchronousCommit && measuresSynchrony)
        {
            map.Problems.Add(
                map.PlaceOf("statement"), "'synchronous-commit' is stated where a recovery point of kind postgres measures it", "a statement only about engines that cannot be asked", "Remove the statement.");
        }

        var (owner, reviewer) = (Person(map, "owner", scope), Person(map, "reviewer", scope));
        var (source, from, until) = (map.Text("source"), QosReader.Day(map, "from"), QosReader.Day(map, "until"));
        var value = statement is AttestedStatement.RaisedCeiling
            ? map.Duration("value", TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1))
            : (TimeSpan?)null;
        if (owner.Length > 0 && owner == reviewer)
        {
            map.Problems.Add(map.PlaceOf("reviewer"), $"{Problems.Quote(owner)} reviews an own statement", "another person than 'owner'", "Name another reviewer.");
        }

        if (until < from || until > from.AddMonths(12))
        {
            map.Problems.Add(
                map.PlaceOf("until"), $"'until' is {until:yyyy-MM-dd}", string.Create(CultureInfo.InvariantCulture, $"{from:yyyy-MM-dd} to {from.AddMonths(12):yyyy-MM-dd}, 12 months at most"), "Choose a day in range.");
        }

        return new Attestation(statement, owner, reviewer, source, from, until, value);
    }

    /// <summary>An id of <c>people:</c>, where the estate declares any.</summary>
    private static string Person(StrictMap map, string key, EstateScope scope) =>
        scope.People is { } people ? people.Resolve(map.Scalar(key, required: true, "the id of a person"), map.Problems) : map.Text(key);
}
