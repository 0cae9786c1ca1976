SwaggerUIBundle({
  url: '/openapi/v1.json',
  dom_id: '#reference',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  persistAuthorization: false,
  validatorUrl: null,
  // A browser that is signed in calls with its cookie; the server then wants this header on unsafe verbs.
  requestInterceptor: function (request) {
    request.headers['X-CRM'] = '1';
    return request;
  },
});
