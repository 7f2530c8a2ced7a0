using DrOrchestrator.Estates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Web.Security;

/// <summary>Who may call an endpoint. An endpoint that says nothing is for anybody signed in who has a role.</summary>
/// <param name="IsOpen">True for the few that need no sign-in.</param>
/// <param name="Roles">One of them is needed; empty for any role.</param>
/// <param name="InAnyMode">True where the call is about a run, whose mode the engine holds the role against; otherwise the role must hold in production.</param>
internal sealed record Access(bool IsOpen, IReadOnlyList<PersonRole> Roles, bool InAnyMode = false)
{
    public static Access AnyRole { get; } = new(false, []);

    public bool Allows(Person person) => Roles.Count == 0 ? person.Roles.Count > 0 : Roles.Any(role => InAnyMode ? person.Roles.Contains(role) : person.HasInProduction(role));
}

internal static class AccessExtensions
{
    /// <summary>No sign-in needed.</summary>
    public static TBuilder Open<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new Access(true, []));

    /// <summary>Needs one of these roles.</summary>
    public static TBuilder Needs<TBuilder>(this TBuilder endpoint, params PersonRole[] roles)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new Access(false, roles));

    /// <summary>Needs one of these roles in at least one mode of runs; the engine decides by the mode of the run.</summary>
    public static TBuilder NeedsInARun<TBuilder>(this TBuilder endpoint, params PersonRole[] roles)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new Access(false, roles, InAnyMode: true));

    /// <summary>The person behind the request; the middleware lets no request without one pass to an endpoint that asks.</summary>
    public static Person Caller(this HttpContext context) =>
        context.Features.Get<Person>() ?? throw new InvalidOperationException($"{context.Request.Path} is open and has no caller.");
}
