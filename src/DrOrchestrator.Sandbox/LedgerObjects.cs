using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Postgres;

namespace DrOrchestrator.Sandbox;

/// <summary>The Kubernetes objects a site is born with: what somebody deployed there long before any drill.</summary>
internal static class LedgerObjects
{
    public const string Namespace = "ledger";
    public const string Api = "ledger-api";
    private const string Store = "ledger-store";

    public static IReadOnlyList<JsonObject> Of(LabSettings lab, string site)
    {
        bool primary = site == LabSettings.Primary;
        return
        [
            new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = Namespace } },
            .. lab.Postgres is null
                ? [Service(Store, Store, lab.StoreUrl(site).Port, "http"), StatefulSet(Store, Store, primary ? "primary" : "standby")]
                : DatabaseObjects.Of(lab, site),
            Service(Api, Api, lab.ApiUrl(site).Port, "http"),
            Deployment(primary ? 2 : 0),
        ];
    }

    /// <param name="app">Label of the pods behind it.</param>
    /// <param name="target">Name of the pods' own port, or the number of another one.</param>
    public static JsonObject Service(string name, string app, int port, JsonNode target) => Object("v1", "Service", name, new JsonObject
    {
        ["selector"] = Labels(app),
        ["ports"] = new JsonArray(new JsonObject { ["name"] = "http", ["port"] = port, ["targetPort"] = target }),
    });

    public static JsonObject StatefulSet(string name, string command, string initialRole) => Object("apps/v1", "StatefulSet", name, new JsonObject
    {
        ["replicas"] = 1,
        ["serviceName"] = name,
        ["selector"] = new JsonObject { ["matchLabels"] = Labels(name) },
        ["template"] = Template(name, command, container =>
        {
            container["env"] = new JsonArray(new JsonObject { ["name"] = "INITIAL_ROLE", ["value"] = initialRole });
            container["volumeMounts"] = new JsonArray(new JsonObject { ["name"] = "data", ["mountPath"] = "/data" });
        }),
        ["volumeClaimTemplates"] = new JsonArray(new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "data" },
            ["spec"] = new JsonObject
            {
                ["accessModes"] = new JsonArray("ReadWriteOnce"),
                ["resources"] = new JsonObject { ["requests"] = new JsonObject { ["storage"] = "1Gi" } },
            },
        }),
    });

    private static JsonObject Deployment(int replicas) => Object("apps/v1", "Deployment", Api, new JsonObject
    {
        ["replicas"] = replicas,
        ["selector"] = new JsonObject { ["matchLabels"] = Labels(Api) },
        ["template"] = Template(Api, Api, _ => { }),
    });

    private static JsonObject Template(string name, string command, Action<JsonObject> complete)
    {
        var container = new JsonObject
        {
            ["name"] = name,
            ["image"] = "dro-lab/ledger:1",
            ["command"] = new JsonArray(command),
            ["resources"] = new JsonObject { ["requests"] = new JsonObject { ["cpu"] = "100m", ["memory"] = "128Mi" } },
            ["ports"] = new JsonArray(new JsonObject { ["name"] = "http", ["containerPort"] = 8080 }),
            ["readinessProbe"] = new JsonObject
            {
                ["httpGet"] = new JsonObject { ["path"] = "/healthz", ["port"] = "http" },
                ["periodSeconds"] = 1,
            },
        };
        complete(container);
        return new JsonObject
        {
            ["metadata"] = new JsonObject { ["labels"] = Labels(name) },
            ["spec"] = new JsonObject { ["terminationGracePeriodSeconds"] = 30, ["containers"] = new JsonArray(container) },
        };
    }

    private static JsonObject Object(string apiVersion, string kind, string name, JsonObject spec) => new()
    {
        ["apiVersion"] = apiVersion,
        ["kind"] = kind,
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = Namespace, ["labels"] = Labels(name) },
        ["spec"] = spec,
    };

    private static JsonObject Labels(string name) => new() { ["app"] = name };
}
