using Crm.Runtime.Effects;
using Crm.Web.Hosting;
using Crm.Web.Live;
using Crm.Web.Mail;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Crm.Web.Session;

/// <summary>Everything that has to do with who somebody is.</summary>
public static class SignInServices
{
    extension(IServiceCollection services)
    {
        public void AddSignIn(CrmSettings settings)
        {
            services.AddDataProtection().SetApplicationName("crm");
            services.AddSingleton<StoredKeys>();
            services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider => provider.GetRequiredService<StoredKeys>());

            services.AddSingleton<Vault>();
            services.AddSingleton<Seal>();
            services.AddSingleton<IPasswordHasher<string>, PasswordHasher<string>>();
            services.AddSingleton<Credentials>();
            services.AddSingleton<Throttle>();
            services.AddSingleton<SecondFactors>();
            services.AddSingleton<Tickets>();
            services.AddSingleton<PublicAddress>();
            services.AddSingleton<CompanyAccounts>();
            services.AddSingleton<SignInDesk>();
            services.AddSingleton<MailDesk>();
            services.AddSingleton<IEffectHandler, MailEffect>();
            services.AddBackground<PasswordResets>();
            services.AddBackground<LiveSockets>();
            services.AddBackground<SignInLog>();
            services.AddSingleton<ISignInLog>(provider => provider.GetRequiredService<SignInLog>());

            // of the framework's identity only what checks passkeys; people are ours
            services.AddSingleton<Passkeys>();
            services.AddIdentityCore<PasskeyOwner>();
            services.AddScoped<IUserStore<PasskeyOwner>>(provider => provider.GetRequiredService<Passkeys>());
            services.AddScoped<IPasskeyHandler<PasskeyOwner>, PasskeyHandler<PasskeyOwner>>();
            services.AddScoped<PasskeyDesk>();
            services.Configure<IdentityPasskeyOptions>(passkeys =>
            {
                passkeys.ServerDomain = settings.PublicUrl?.Host;
                passkeys.UserVerificationRequirement = "required"; // so that a passkey alone is two factors
                passkeys.ResidentKeyRequirement = "required"; // so that nobody types a login
            });
        }

        private void AddBackground<T>() where T : class, IHostedService
        {
            services.AddSingleton<T>();
            services.AddHostedService(provider => provider.GetRequiredService<T>());
        }
    }
}
