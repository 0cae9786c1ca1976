using Crm.Web.Http;
using Microsoft.OpenApi;

namespace Crm.Web.OpenApi;

/// <summary>The machine-readable description of the API.</summary>
public static class CrmOpenApi
{
    extension(IServiceCollection services)
    {
        public void AddCrmOpenApi()
        {
            services.ConfigureHttpJsonOptions(json =>
            {
                json.SerializerOptions.TypeInfoResolverChain.Insert(0, WebJson.Strict.TypeInfoResolver!); // set when the options were made
                json.SerializerOptions.NumberHandling = WebJson.Strict.NumberHandling;
            });
            services.AddOpenApi("v1", options =>
            {
                options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
                options.AddDocumentTransformer((document, _, _) =>
                {
                    document.Info = new() { Title = "CRM", Version = "1", Description = "Every command and every read of the CRM. Shapes that hold everywhere are in docs/API.md." };
                    document.Components ??= new();
                    document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
                    {
                        ["apiKey"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "An API key." },
                    };
                    document.Security = [new() { [new OpenApiSecuritySchemeReference("apiKey", document)] = [] }];
                    return Task.CompletedTask;
                });
                options.CreateSchemaReferenceId = SchemaTexts.NameOf;
                options.AddSchemaTransformer(SchemaTexts.Complete);
                options.AddOperationTransformer(OperationTexts.Complete);
            });
        }
    }

    extension(IEndpointRouteBuilder routes)
    {
        public void MapCrmOpenApi() => routes.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
    }
}
