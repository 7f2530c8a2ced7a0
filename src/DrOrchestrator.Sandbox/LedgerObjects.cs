using System.Text.Json.Nodes;

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
            Service(Store, lab.StoreUrl(site).Port),
            Service(Api, lab.ApiUrl(site).Port),
            StatefulSet(primary ? "primary" : "standby"),
            Deployment(primary ? 2 : 0),
        ];
    }

    private static JsonObject Service(string name, int port) => Object("v1", "Service", name, new JsonObject
    {
        ["selector"] = Labels(name),
        ["ports"] = new JsonArray(new JsonObject { ["name"] = "http", ["port"] = port, ["targetPort"] = "http" }),
    });

    private static JsonObject StatefulSet(string initialRole) => Object("apps/v1", "StatefulSet", Store, new JsonObject
    {
        ["replicas"] = 1,
        ["serviceName"] = Store,
        ["selector"] = new JsonObject { ["matchLabels"] = Labels(Store) },
        ["template"] = Template(Store, container =>
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
        ["template"] = Template(Api, _ => { }),
    });

    private static JsonObject Template(string name, Action<JsonObject> complete)
    {
        var container = new JsonObject
        {
            ["name"] = name,
            ["image"] = "dro-lab/ledger:1",
            ["command"] = new JsonArray(name),
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
