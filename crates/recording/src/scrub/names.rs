//! The field names that the APIs are known to have. A name by itself is harmless; its value is kept only if the table says so.

/// Fields with numbers, which some answers write as text.
pub(super) const NUMBERS: &str = "\
     adjustedCostPerHr balance balanceAmount batch cancelled clientBalance completed containerDiskInGb cost \
     costPerHr cpuPercent currentSpendPerHr delayTime executionTime executionTimeoutMs failed gpuCount \
     gpuUtilPercent idle idleTimeout inProgress inQueue initializing lastN limit max maxServerlessConcurrency \
     memoryInGb memoryPercent memoryUtil memoryUtilPercent min ready retried running scalerValue spendLimit \
     tail throttled timeout total totalAmount unhealthy uptime uptimeInSeconds uptimeSeconds used util vcpuCount \
     version volumeInGb workersMax workersMin workersStandby";

/// Other fields.
pub(super) const NAMES: &str = "\
     action actions activeBuildId activeDiscountFactor activeWorkers after aiApiId aiKey allAiApiPublicConfigs \
     allowedCudaVersions args availability available availableGpuCounts averageGpuMetrics avgColdStartTimeMs \
     avgExecutionTimeMs awsRegion awsUser base billingMode bucketSize build buildId builds byStatus cancel \
     category cidr clientLifetimeSpend cloud cluster clusterDiskAmount clusterGpuAmount clusterId \
     clusterNetworkingAmount clusterPrice clusters code column command community communityCloud communityPrice \
     communitySpotPrice completedRequests completed_requests compliance compute computeType config container \
     cores costMultiplier countryCode cpu cpuAmount cpuAvailability cpuCount cpuFlavors cpuTypes cpuUtilization \
     cpus createdAt createdByUserId creditAlertThreshold cudaCores cudaVersion cudaVersions currentPricePerGpu \
     cursor data dataCenter dataCenterId dataCenterIds dataCenters date delegations delegatorUserId deploys \
     desiredStatus detail diff direct discount discountFactor disk diskAmount diskLimitPerVcpu diskMBps \
     diskReserved diskTotal displayName dockerArgs dockerId dockerRegistryUri dtN95 dtP70 dtP90 dtP98 dt_max \
     dt_min dt_n95 dt_p70 dt_p90 dt_p98 dt_total enabled endTime endpoint endpointAmount endpointVersion \
     endpoints env error errorRate errors etN95 etP70 etP90 etP98 etTotal et_max et_min et_n95 et_p70 et_p90 \
     et_p98 et_total excludedTypes expirationDate extensions factor failed_requests feeAmount field flashApps \
     flashBootType flashBuilds flashEnvironments flashboot from globalNetwork globalNetworking gpu gpuAmount \
     gpuAvailability gpuAvailable gpuComputePerHour gpuCountPerPod gpuDisplayName gpuIds gpuReserved gpuTotal \
     gpuType gpuTypeCudaVersions gpuTypeId gpuTypes gpus group groupId groupName hasNextPage hasUnreadableField \
     health hidden highPerformanceAmount host hostBalance hostDiskEarnings hostGpuEarnings hostMinBidPerGpu \
     hostPricePerGpu hostTotalEarnings id ids image imageName include includeAiApi includeClusterPods \
     individualGpuMetrics input input_tokens instanceId instanceIds internalDns ip isIpPublic isLive isOversized \
     isServerless isStale isTeam jobs key keys kind language lastStartedAt lastStateTransitionTimestamp \
     lastStatusChange latestTelemetry level line listed listedRelease listings localStoragePerHour location \
     locations locked lowestBidPriceToResume lowestPrice machine machineBalance machineEarnings machineId \
     machineQuota machineType machines maintenanceEnd maintenanceMode maintenanceNote maintenanceStart \
     manufacturer margin maxCount maxDownloadSpeedMbps maxGpuCount maxGpuCountCommunityCloud \
     maxGpuCountSecureCloud maxUploadSpeedMbps maxVcpu memory memoryReserved memoryTotal memoryUtilization \
     message metadata metrics minBalance minCudaVersion minDisk minDownload minMemory minMemoryInGb \
     minPodGpuCount minUpload minVcpu minVcpuCount minimumBidPrice modelName mounts myself network \
     networkStoragePerHour networkVolume networkVolumeId networkVolumeIds networkVolumeTypes networkVolumes \
     networkingAmount new nextCursor ok old oneMonthPrice oneWeekPrice oneYearPrice output output_tokens \
     p50ExecutionTimeMs p95ExecutionTimeMs p99ExecutionTimeMs pagination parts password path pending \
     percentOnLatest percentUtilization persistent planLength planType pod podCount podCpuAmount podDiskAmount \
     podGpuAmount podHostId podId podTemplate podType pods pool pools port ports powerWatts price primary private \
     privatePort product proxy pubKey public publicPort purgeQueue query queue queueDelay ramGbPerVcpu \
     ramMultiplier rank readme recordCount records region regions registered registries registry releases \
     batches endpointId requestTotal requestInProgress requestCompleted requestFailed \
     rentalPercentage rentedCount repoId repoName repoOwner repository requestCount requestUrls requests \
     requestsPerMinute requestsTotal resource retries retry role rollout run runSync runtime savingsPlanType \
     savingsPlans scalerType scaling searchQuery secure secureCloud securePerVcpu securePrice secureSpotPrice \
     serverless serverlessCpuAmount serverlessDiscount serverlessDiskAmount serverlessFeeAmount \
     serverlessGpuAmount serverlessId serverlessPerVcpu serverlessWorkers since sixMonthPrice slsPrice slsVersion \
     source specifics spendDetails spendRate ssh sshEndpoint standardAmount stars startJupyter startSsh startTime \
     startedAt state status stockStatus storageHighPerformanceAmount storageStandardAmount storageSupport stream \
     successRate supportPublicIp tag tagName temperatureCelcius temperatureCelsius template templateId templates \
     text threadsPerCore threeMonthPrice time to totalCount totals ts underBalance uninterruptablePrice \
     uniqueClusterCount uniqueNetworkVolumeCount uniquePodCount uniqueServerlessCount unknown updatedAt \
     upfrontCost uptimePercentListedFourWeek uptimePercentListedOneWeek uptimePercentListedTwelveWeek userId \
     username value vcpu vcpuBurstable vcpuReserved vcpuTotal verified views volumeId volumeMountPath vxlanId \
     vxlanPort webhook worker workerCount workerId workers workersOnLatest workersTotal";

/// The keywords of OpenAPI.
pub(super) const DESCRIPTION: &str = "\
     additionalProperties allOf anyOf bearerFormat callbacks components const contact content default delete \
     deprecated description discriminator email enum example examples exclusiveMaximum exclusiveMinimum explode \
     externalDocs format get head headers in info items license links mapping maxItems maxLength maximum minItems \
     minLength minimum name not nullable oneOf openapi operationId options parameters patch paths pattern post \
     properties propertyName put readOnly requestBodies requestBody required responses schema schemas scheme \
     security securitySchemes servers style summary tags title type uniqueItems url variables version writeOnly \
     patternProperties unit units x-unit x-units";
