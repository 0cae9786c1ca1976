// The server on Azure Container Apps with PostgreSQL and a storage account: one replica works, one stands by and takes over within seconds.
// Replicas of a container app cannot reach each other one by one, so the cluster (docs/CLUSTER.md) belongs on AKS: deploy/kubernetes.
//   az deployment group create -g crm -f deploy/azure/main.bicep -p image=… publicUrl=https://crm.example.com databasePassword=… operatorKey=… masterKey=…

@description('Where everything is.')
param location string = resourceGroup().location

@description('Begins every name.')
@minLength(3)
@maxLength(11)
param name string = 'crm'

@description('The server image, made with deploy/Dockerfile.')
param image string

@description('The address that people reach the server at.')
param publicUrl string

@secure()
@description('Of the database user crm.')
param databasePassword string

@secure()
@minLength(16)
param operatorKey string

@secure()
@minLength(32)
param masterKey string

@description('Entries of the journal that are so old are archived, in days.')
param archiveAfterDays int = 7

resource storage 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: '${name}${uniqueString(resourceGroup().id)}'
  location: location
  sku: { name: 'Standard_ZRS' }
  kind: 'StorageV2'
  properties: {
    allowBlobPublicAccess: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2023-05-01' = {
  parent: storage
  name: 'default'
  properties: {
    deleteRetentionPolicy: { enabled: true, days: 14 }
  }
}

resource container 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' = {
  parent: blobs
  name: 'crm'
}

resource database 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' = {
  name: '${name}-${uniqueString(resourceGroup().id)}'
  location: location
  sku: { name: 'Standard_D4ds_v5', tier: 'GeneralPurpose' }
  properties: {
    version: '16'
    administratorLogin: 'crm'
    administratorLoginPassword: databasePassword
    storage: { storageSizeGB: 256, autoGrow: 'Enabled' }
    backup: { backupRetentionDays: 14, geoRedundantBackup: 'Enabled' }
    highAvailability: { mode: 'ZoneRedundant' }
  }
}

resource crmDatabase 'Microsoft.DBforPostgreSQL/flexibleServers/databases@2024-08-01' = {
  parent: database
  name: 'crm'
  properties: { charset: 'UTF8', collation: 'C.utf8' }
}

resource fromAzure 'Microsoft.DBforPostgreSQL/flexibleServers/firewallRules@2024-08-01' = {
  parent: database
  name: 'azure'
  properties: { startIpAddress: '0.0.0.0', endIpAddress: '0.0.0.0' }
}

resource logs 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: '${name}-logs'
  location: location
  properties: { sku: { name: 'PerGB2018' }, retentionInDays: 30 }
}

resource environment 'Microsoft.App/managedEnvironments@2024-03-01' = {
  name: '${name}-env'
  location: location
  properties: {
    appLogsConfiguration: {
      destination: 'log-analytics'
      logAnalyticsConfiguration: { customerId: logs.properties.customerId, sharedKey: logs.listKeys().primarySharedKey }
    }
  }
}

resource app 'Microsoft.App/containerApps@2024-03-01' = {
  name: name
  location: location
  properties: {
    managedEnvironmentId: environment.id
    configuration: {
      activeRevisionsMode: 'Single'
      ingress: { external: true, targetPort: 5080, transport: 'auto', allowInsecure: false }
      secrets: [
        { name: 'database', value: 'Host=${database.properties.fullyQualifiedDomainName};Username=crm;Password=${databasePassword};Database=crm;SSL Mode=VerifyFull' }
        { name: 'files', value: 'AccountName=${storage.name};AccountKey=${storage.listKeys().keys[0].value};EndpointSuffix=${az.environment().suffixes.storage}' }
        { name: 'operator-key', value: operatorKey }
        { name: 'master-key', value: masterKey }
      ]
    }
    template: {
      terminationGracePeriodSeconds: 60
      containers: [
        {
          name: 'crm'
          image: image
          resources: { cpu: json('2.0'), memory: '4Gi' }
          env: [
            { name: 'Crm__Store', value: 'PostgreSql' }
            { name: 'Crm__ConnectionString', secretRef: 'database' }
            { name: 'Crm__Files__Store', value: 'AzureBlob' }
            { name: 'Crm__Files__ConnectionString', secretRef: 'files' }
            { name: 'Crm__Files__Container', value: container.name }
            { name: 'Crm__Demo__Enabled', value: 'false' }
            { name: 'Crm__PublicUrl', value: publicUrl }
            { name: 'Crm__Operator__Key', secretRef: 'operator-key' }
            { name: 'Crm__MasterKey', secretRef: 'master-key' }
            { name: 'Crm__Telemetry__Metrics', value: 'Operator' }
            { name: 'Crm__Archive__AfterDays', value: string(archiveAfterDays) }
          ]
          probes: [
            { type: 'Startup', httpGet: { path: '/health/live', port: 5080 }, periodSeconds: 2, failureThreshold: 60 }
            { type: 'Liveness', httpGet: { path: '/health/live', port: 5080 }, periodSeconds: 10, failureThreshold: 6 }
            // a stand-by is not ready, and so gets no requests
            { type: 'Readiness', httpGet: { path: '/health/ready', port: 5080 }, periodSeconds: 5 }
          ]
        }
      ]
      scale: { minReplicas: 2, maxReplicas: 2 }
    }
  }
}

output url string = 'https://${app.properties.configuration.ingress.fqdn}'
